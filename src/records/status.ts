import { z } from 'zod';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import { by, type Caller } from '../oversight/caller.js';
import type { Store } from '../store/store.js';
import { normaliseDocumentNumber } from './documentNumber.js';
import { documentNumber, documentTypes } from './statutoryRecord.js';
import { day, text } from './text.js';
import { invalid, validated } from './validation.js';

/** What makes a document unusable, as Checkdoc answers it. */
export const invalidating = ['lost', 'stolen', 'withdrawn', 'destroyed', 'application-refused'] as const;
export const statuses = [...invalidating, 'reinstated', 'chip'] as const;

export const statusChangeSchema = z.strictObject({
  documentNumber,
  documentType: z.enum(documentTypes),
  status: z
    .enum(statuses)
    .describe('reinstated takes back what was reported; chip changes the status of the chip alone'),
  on: day.describe('Since when'),
  chipStatus: text(60).optional().describe('Required for chip, for nothing else'),
  reason: text(500)
    .optional()
    .describe('Of the refusal of an application; required for it, for nothing else'),
});

export const checkdocLookupSchema = z.strictObject({ documentNumber });
export const checkdocAnswerSchema = z.strictObject({
  hit: z.boolean().describe('The number is known as lost, stolen, withdrawn, destroyed or never valid'),
});

export const statusFeedSchema = z.strictObject({
  changes: z.array(
    z.strictObject({
      documentNumber: z.string(),
      documentType: z.enum(documentTypes),
      status: z.enum([...invalidating, 'reinstated']),
      on: z.iso.date(),
      recordedAt: z.iso.datetime(),
    }),
  ),
  next: z.string().describe('Cursor to ask for what comes after; the same one while there is nothing new'),
});
export type StatusFeed = z.output<typeof statusFeedSchema>;

export interface StatusRecorded {
  readonly documentId: string;
  /** False when the same change was reported before. */
  readonly changed: boolean;
}

export interface Statuses {
  /** @throws FacematchError `validation`, `not-found` when the store has no such document */
  report(change: unknown, caller: Caller): Promise<StatusRecorded>;
  /** Hit or no hit and nothing else: a number that is not in the store is no hit. */
  lookup(document: unknown, caller: Caller): Promise<{ readonly hit: boolean }>;
  /** Document numbers whose status changed, in the order of their reports. */
  changes(after: string | undefined, limit: number, caller: Caller): Promise<StatusFeed>;
}

export function createStatuses({ store, clock }: { store: Store; clock: Clock }): Statuses {
  return {
    async report(document, caller) {
      const change = validated(statusChangeSchema, document, 'status change');
      requireDetail(change);
      const number = normaliseDocumentNumber(change.documentNumber);
      const numberKey = store.lookup.documentNumber(number);
      const [found] = await store.statuses.byNumber(numberKey, change.documentType);
      if (found === undefined) throw new FacematchError('not-found', 'The store has no such document.');
      const { chipStatus, reason } = change;
      const changed = await store.statuses.record({
        documentId: found.id,
        kind: change.status,
        onDay: change.on,
        recordedAt: clock().toISOString(),
        becomes: change.status !== 'chip',
        detail: chipStatus === undefined && reason === undefined ? undefined : { chipStatus, reason },
        audit: {
          ...by(caller),
          action: 'document.status',
          subject: { record: found.id },
          outcome: change.status,
        },
      });
      return { documentId: found.id, changed };
    },

    async lookup(document, caller) {
      const asked = validated(checkdocLookupSchema, document, 'query');
      const number = normaliseDocumentNumber(asked.documentNumber);
      const found = await store.statuses.byNumber(store.lookup.documentNumber(number));
      const hit = found.some(({ status }) => (invalidating as readonly string[]).includes(status));
      await store.audit.append({
        ...by(caller),
        action: 'checkdoc.lookup',
        subject: { documentNumber: number },
        outcome: hit ? 'hit' : 'no-hit',
      });
      return { hit };
    },

    async changes(after, limit, caller) {
      const from = positionOf(after);
      const rows = await store.statuses.changes(from, [...invalidating, 'reinstated'], limit);
      const changes = await Promise.all(
        rows.map(async (row) => ({
          documentNumber: numberOf(await store.documents.record(row.documentId)),
          documentType: row.type,
          status: row.kind,
          on: row.onDay,
          recordedAt: row.recordedAt,
        })),
      );
      await store.audit.append({
        ...by(caller),
        action: 'checkdoc.changes',
        outcome: 'done',
        facts: { changes: changes.length },
      });
      return { changes: changes as StatusFeed['changes'], next: String(rows.at(-1)?.position ?? from) };
    },
  };
}

function requireDetail({ status, chipStatus, reason }: z.output<typeof statusChangeSchema>): void {
  const faults = [
    { name: 'chipStatus', given: chipStatus !== undefined, wanted: status === 'chip' },
    { name: 'reason', given: reason !== undefined, wanted: status === 'application-refused' },
  ].filter(({ given, wanted }) => given !== wanted);
  if (faults.length === 0) return;
  throw invalid(
    'status change',
    faults.map(({ name, wanted }) => ({ path: [name], code: wanted ? 'missing' : 'not-for-this-status' })),
  );
}

function positionOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw invalid('query', [{ path: ['after'], code: 'invalid' }]);
}

const numberOf = (record: unknown): string => (record as { document: { number: string } }).document.number;
