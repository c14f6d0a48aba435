import { randomBytes, randomUUID } from 'node:crypto';
import { systemClock } from '../clock.js';
import type { Config } from '../config.js';
import { openConfiguredStore } from '../configuredStore.js';
import type { Application } from '../records/application.js';
import { normaliseDocumentNumber } from '../records/documentNumber.js';
import { identityForms } from '../records/names.js';
import { retentionEnds, statutoryRetention } from '../records/retention.js';
import { parseStatutoryRecord, type StatutoryRecord } from '../records/statutoryRecord.js';
import type { NewDocument, Store } from '../store/store.js';

/** Documents that are stored at a time: they share commits. */
const together = 256;

/** Bytes of a seeded photo: enough for its row to be one, and nobody decodes it. */
const photoBytes = 2048;

/**
 * Fills a store with invented holders of two passports each, with real records, keys and encryption; embeddings are
 * random, and so are photos unless there are some.
 *
 * @param model `id@version` that the embeddings pass for
 * @param length numbers in an embedding
 * @param photos taken in turn
 */
export async function seedStore(
  config: Config,
  documents: number,
  { model, length }: { readonly model: string; readonly length: number },
  progress: (done: number) => void = () => {},
  photos: readonly Uint8Array[] = [],
): Promise<void> {
  const store = await openConfiguredStore(config, systemClock);
  try {
    for (let from = 0; from < documents; from += together) {
      const group = Array.from({ length: Math.min(together, documents - from) }, (_, i) =>
        seededDocument(store, from + i, { model, length, photos }),
      );
      await Promise.all(group.map((document) => store.documents.create(document)));
      progress(from + group.length);
    }
  } finally {
    await store.close();
  }
}

/** An application of a seeded holder, with an id of its own. */
export function seededApplication(holder: number, id: number): Application {
  const { familyName, givenNames, birthDate, birthPlace, registerNumber } = holderOf(holder);
  return {
    applicationId: `bench-${id}`,
    office: 'gent',
    requestedBy: 'clerk-1',
    registerNumber,
    familyName,
    givenNames,
    birthDate,
    birthPlace,
    claimedDocuments: [numberOf(2 * holder + 1)],
    documentType: 'passport',
    procedure: 'normal',
    receivedAt: new Date().toISOString(),
  };
}

/** The record of the nth passport: holders have the even one and the odd one after it. */
export function seededRecord(n: number): StatutoryRecord {
  const year = new Date().getUTCFullYear() - (n % 2 === 0 ? 12 : 3);
  const day = `${year}-${two(1 + (n % 12))}-${two(1 + (n % 28))}`;
  return parseStatutoryRecord({
    holder: { ...holderOf(Math.floor(n / 2)), sex: 'X', nationality: 'BEL' },
    document: {
      number: numberOf(n),
      type: 'passport',
      procedure: 'normal',
      issuedOn: day,
      issuedAt: 'Gent',
      issuingAuthority: 'Gent',
      expiresOn: `${year + 10}${day.slice(4)}`,
    },
    production: {
      place: 'Brussels',
      application: {
        place: 'Gent',
        receivedOn: day,
        sequenceNumber: String(n),
        administration: 'Gent',
        sentOn: day,
        sendingNumber: String(n),
      },
      status: { value: 'delivered', on: day },
      chipStatus: 'active',
    },
  });
}

function seededDocument(
  store: Store,
  n: number,
  { model, length, photos }: { model: string; length: number; photos: readonly Uint8Array[] },
): NewDocument {
  const record = seededRecord(n);
  const { holder, document } = record;
  const id = randomUUID();
  return {
    id,
    type: document.type,
    issuedOn: document.issuedOn,
    retentionEnds: retentionEnds(record, statutoryRetention),
    numberKey: store.lookup.documentNumber(normaliseDocumentNumber(document.number)),
    registerKey: store.lookup.registerNumber(holder.registerNumber ?? ''),
    identityKeys: identityForms(holder.familyName, holder.givenNames, holder.birthDate).map(
      store.lookup.identity,
    ),
    pixelsKey: store.lookup.pixels(randomBytes(32)),
    fingerprint: store.lookup.fingerprint(randomBytes(32)),
    record,
    photo: photos[n % photos.length] ?? randomBytes(photoBytes),
    embedding: { model, vector: randomDirection(length) },
    audit: {
      client: 'benchmark',
      actor: 'benchmark',
      action: 'document.transfer',
      subject: { record: id },
      outcome: 'created',
    },
  };
}

/** Serials of one day of birth: odd and even ones would be men's and women's. */
const perDay = 900;

function holderOf(n: number) {
  const birthDate = new Date(Date.UTC(1950, 0, 1 + Math.floor(n / perDay))).toISOString().slice(0, 10);
  const digits = `${birthDate.slice(2).replaceAll('-', '')}${String(1 + (n % perDay)).padStart(3, '0')}`;
  return {
    familyName: `Van ${letters(n)}`,
    givenNames: ['Robin'],
    birthDate,
    birthPlace: 'Gent',
    registerNumber: `${digits}${two(97 - (Number(digits) % 97))}`,
  };
}

const numberOf = (n: number): string => `S${letters(n)}`;

/** Six letters, different for every number below 26 to the power of 6. */
function letters(n: number): string {
  return Array.from({ length: 6 }, (_, place) =>
    String.fromCharCode(65 + (Math.floor(n / 26 ** place) % 26)),
  ).join('');
}

const two = (value: number): string => String(value).padStart(2, '0');

function randomDirection(length: number): Float32Array {
  const vector = Float32Array.from({ length }, () => Math.random() - 0.5);
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}
