import { z } from 'zod';
import { type ErrorCode, FacematchError } from '../../errors.js';
import type { RecordKey } from '../crypto/keys.js';
import { keyLength } from '../crypto/keys.js';
import type { LedgerBatch, NumberedBatch } from '../ledger.js';
import type { Month } from '../month.js';

/** Keys asked for in one request at most. */
export const mostKeys = 500;
/** Keys reserved in one request at most. */
export const mostReserved = 5000;

const bytes = (length: number) =>
  z
    .base64()
    .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
    .refine((value) => value.length === length);
const id = z.uuid();
const month = z
  .string()
  .regex(/^(\d{4}-(0[1-9]|1[0-2])|held)$/)
  .transform((text) => text as Month);
const whole = z.int().nonnegative();
const generation = z.strictObject({ generation: whole });
const nothing = z.strictObject({});
const wireBatch = z.strictObject({
  id,
  kind: z.string().max(64),
  month,
  ground: z.string().max(1000),
  at: z.iso.datetime(),
  entries: z.array(z.strictObject({ recordKey: bytes(32), keyId: id })).max(100_000),
});
const numberedBatch = wireBatch.extend({ seq: whole });

/** Why one key of several is not given. */
const keyErrors = ['not-found', 'integrity-failure', 'keyring-invalid'] as const;

const second = 1000;
const operation = <Request extends z.ZodType, Answer extends z.ZodType>(
  request: Request,
  answer: Answer,
  /** Milliseconds a client waits for the answer. */
  timeoutMs = 5 * second,
) => ({ request, answer, timeoutMs });

/** What a service of keys does, each by `POST /v1/<name>` with a JSON object. All of it may be asked again. */
export const keyOperations = {
  state: operation(
    nothing,
    z.strictObject({
      id: z.string(),
      generation: whole,
      ledgerSeq: whole,
      keys: whole,
      months: z.array(month),
      ledger: z.strictObject({ id: z.string(), seq: whole }),
    }),
  ),
  reserve: operation(
    z.strictObject({ month, count: z.int().min(1).max(mostReserved) }),
    z.strictObject({ generation: whole, keys: z.array(z.strictObject({ id, key: bytes(keyLength) })) }),
    15 * second,
  ),
  open: operation(
    z.strictObject({ keys: z.array(z.strictObject({ id, month })).min(1).max(mostKeys) }),
    z.strictObject({
      keys: z.array(
        z.union([z.strictObject({ key: bytes(keyLength) }), z.strictObject({ error: z.enum(keyErrors) })]),
      ),
    }),
  ),
  'destroy-keys': operation(
    z.strictObject({ month, ids: z.array(id).max(10_000), ledgerSeq: whole }),
    generation,
    30 * second,
  ),
  'destroy-month': operation(
    z.strictObject({ month, heldIds: z.array(id).max(200_000), ledgerSeq: whole }),
    generation,
    120 * second,
  ),
  'rotate-month': operation(z.strictObject({ month }), nothing, 600 * second),
  verify: operation(
    nothing,
    z.strictObject({
      keys: whole,
      damaged: z.array(z.strictObject({ copy: z.enum(['main', 'mirror']), month: z.string() })),
    }),
    1800 * second,
  ),
  'ledger-append': operation(wireBatch, z.strictObject({ seq: whole }), 30 * second),
  'ledger-after': operation(
    z.strictObject({ seq: whole, limit: z.int().min(1).max(1000) }),
    z.strictObject({ batches: z.array(numberedBatch) }),
    30 * second,
  ),
  'ledger-find': operation(
    z.strictObject({ recordKey: bytes(32) }),
    z.strictObject({ batch: numberedBatch.optional() }),
    600 * second,
  ),
  'ledger-verify': operation(nothing, z.strictObject({ broken: whole.optional() }), 600 * second),
  'ledger-prune': operation(z.strictObject({ before: z.iso.datetime() }), nothing, 60 * second),
} as const;

export type KeyOperation = keyof typeof keyOperations;
export type KeyRequest<O extends KeyOperation> = z.input<(typeof keyOperations)[O]['request']>;
export type KeyAnswer<O extends KeyOperation> = z.output<(typeof keyOperations)[O]['answer']>;

/** What a service of keys may answer instead, as the `code` of a problem (RFC 9457). */
export const problemCodes = [
  ...keyErrors,
  'retention-over',
  'ledger-invalid',
  'store-unavailable',
  'storage-full',
  'input-invalid',
] as const satisfies readonly ErrorCode[];

export const problemSchema = z.looseObject({ code: z.enum(problemCodes) });

/** Bytes as they travel. */
export const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64');

export function wireOf(batch: LedgerBatch) {
  const { id, kind, month, ground, at } = batch;
  const entries = batch.entries.map(({ recordKey, keyId }) => ({ recordKey: base64(recordKey), keyId }));
  return { id, kind, month, ground, at, entries };
}

export const wireOfNumbered = (batch: NumberedBatch) => ({ ...wireOf(batch), seq: batch.seq });

/** What a code of the service means to whoever asked. */
export function keyFailure(code: (typeof problemCodes)[number]): FacematchError {
  const message = {
    'not-found': 'The record was destroyed.',
    'integrity-failure': 'The key service holds no such key for this record, or a damaged one.',
    'keyring-invalid': 'The key service cannot use its keyring.',
    'retention-over': 'The records of this month were destroyed.',
    'ledger-invalid': 'The key service cannot use its ledger of destructions.',
    'store-unavailable': 'The key service cannot be used right now.',
    'storage-full': 'The disk of the key service is full.',
    'input-invalid': 'The key service does not take this.',
  }[code];
  return new FacematchError(code, message, code === 'not-found' ? { destroyed: true } : {});
}

export const asRecordKey = (key: Uint8Array): RecordKey => key as RecordKey;
