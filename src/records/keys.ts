import type { LookupKeys } from '../store/store.js';
import { normaliseDocumentNumber } from './documentNumber.js';
import { identityForms } from './names.js';
import { normaliseRegisterNumber } from './registerNumber.js';
import { samePerson } from './samePerson.js';
import { type StatutoryRecord, storedRecord } from './statutoryRecord.js';

export interface RecordKeys {
  readonly numberKey: Uint8Array;
  readonly registerKey: Uint8Array | undefined;
  readonly identityKeys: readonly Uint8Array[];
  /** Whether a stored record that is found by names is of the same person: see {@link samePerson}. */
  readonly samePerson: (record: unknown) => boolean;
}

/** Under which keyed hashes a record is found. */
export function recordKeys({ holder, document }: StatutoryRecord, lookup: LookupKeys): RecordKeys {
  return {
    numberKey: lookup.documentNumber(normaliseDocumentNumber(document.number)),
    ...personKeys(holder, lookup),
    samePerson: (record) => samePerson(holder, storedRecord(record).holder),
  };
}

/** Under which keyed hashes documents of these numbers, however they are written, are looked for. */
export function numberKeys(numbers: readonly string[], lookup: LookupKeys): Uint8Array[] {
  return [...new Set(numbers.map(normaliseDocumentNumber))].map(lookup.documentNumber);
}

export function personKeys(
  person: Pick<StatutoryRecord['holder'], 'registerNumber' | 'familyName' | 'givenNames' | 'birthDate'>,
  lookup: LookupKeys,
): Pick<RecordKeys, 'registerKey' | 'identityKeys'> {
  const { registerNumber, familyName, givenNames, birthDate } = person;
  return {
    registerKey:
      registerNumber === undefined
        ? undefined
        : lookup.registerNumber(normaliseRegisterNumber(registerNumber)),
    identityKeys: identityForms(familyName, givenNames, birthDate).map(lookup.identity),
  };
}
