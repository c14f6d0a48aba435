import type { LookupKeys } from '../store/store.js';
import { normaliseDocumentNumber } from './documentNumber.js';
import { identityForms } from './names.js';
import { normaliseRegisterNumber } from './registerNumber.js';
import type { StatutoryRecord } from './statutoryRecord.js';

export interface RecordKeys {
  readonly numberKey: Uint8Array;
  readonly registerKey: Uint8Array | undefined;
  readonly identityKeys: readonly Uint8Array[];
}

/** Under which keyed hashes a record is found. */
export function recordKeys({ holder, document }: StatutoryRecord, lookup: LookupKeys): RecordKeys {
  return {
    numberKey: lookup.documentNumber(normaliseDocumentNumber(document.number)),
    ...personKeys(holder, lookup),
  };
}

/** Under which keyed hashes documents of these numbers, however they are written, are looked for. */
export function numberKeys(numbers: readonly string[], lookup: LookupKeys): Uint8Array[] {
  return [...new Set(numbers.map(normaliseDocumentNumber))].map(lookup.documentNumber);
}

export function personKeys(
  person: Pick<StatutoryRecord['holder'], 'registerNumber' | 'familyName' | 'givenNames' | 'birthDate'>,
  lookup: LookupKeys,
): Omit<RecordKeys, 'numberKey'> {
  const { registerNumber, familyName, givenNames, birthDate } = person;
  return {
    registerKey:
      registerNumber === undefined
        ? undefined
        : lookup.registerNumber(normaliseRegisterNumber(registerNumber)),
    identityKeys: identityForms(familyName, givenNames, birthDate).map(lookup.identity),
  };
}
