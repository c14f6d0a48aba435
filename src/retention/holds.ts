import { z } from 'zod';
import type { Clock } from '../clock.js';
import { by, type Caller } from '../oversight/caller.js';
import { plus, type RetentionRules, statutoryRetention } from '../records/retention.js';
import { text } from '../records/text.js';
import { invalid, validated } from '../records/validation.js';
import type { HeldKind, Hold, Store } from '../store/store.js';

/** Longest time one hold lasts; a longer inquiry places another. */
const longestYears = 5;

export const holdRequestSchema = z.strictObject({
  ground: z.enum(['inquiry', 'judicial']).describe('An open inquiry into fraud, or the order of a judge'),
  endsOn: z.iso.date().describe(`From this day on it holds nothing; at most ${longestYears} years ahead`),
  reference: text(200).describe("The inquiry's or the court's"),
  reason: text(1000),
});

export const holdPlacementSchema = holdRequestSchema.extend({
  kind: z.enum(['document', 'comparison']),
  recordId: text(64).describe('Id of the document or the comparison'),
});

export const holdViewSchema = z.strictObject({
  holdId: z.string(),
  kind: z.enum(['document', 'comparison']),
  recordId: z.string(),
  ground: holdRequestSchema.shape.ground,
  placedAt: z.iso.datetime(),
  endsOn: z.iso.date(),
  reference: z.string(),
  reason: z.string(),
});
export type HoldView = z.output<typeof holdViewSchema>;

export interface RecordHolds {
  /**
   * The same as {@link place}, with the record named in the document.
   *
   * @throws FacematchError `validation`, `not-found`
   */
  placeOn(document: unknown, caller: Caller): Promise<{ holdId: string }>;
  /** The holds in force, oldest first, each with its reason. @throws FacematchError `integrity-failure` */
  list(caller: Caller): Promise<HoldView[]>;
  /**
   * Keeps a record past its end until the hold ends, and with a comparison its probe.
   *
   * @param document parsed JSON, not yet validated.
   * @throws FacematchError `validation`, `not-found` when there is no such record any more.
   */
  place(
    record: { kind: HeldKind; id: string },
    document: unknown,
    caller: Caller,
  ): Promise<{ holdId: string }>;
  /** @throws FacematchError `not-found` */
  release(holdId: string, caller: Caller): Promise<void>;
  /** The holds that keep a record now: what it has to say of itself. */
  on(record: { kind: HeldKind; id: string }): Promise<readonly Hold[]>;
}

export function createRecordHolds(parts: {
  readonly store: Store;
  readonly clock: Clock;
  readonly rules?: RetentionRules | undefined;
}): RecordHolds {
  const { store, clock, rules = statutoryRetention } = parts;
  const today = () => clock().toISOString().slice(0, 10);
  return {
    async placeOn(document, caller) {
      const { kind, recordId, ...request } = validated(holdPlacementSchema, document, 'hold');
      return this.place({ kind, id: recordId }, request, caller);
    },
    async list(caller) {
      const holds = await store.holds.inForce(today());
      const views = await Promise.all(
        holds.map(async ({ id, kind, recordId, ground, placedAt, endsOn }) => {
          const { reference, reason } = await store.holds.detail(id);
          return { holdId: id, kind, recordId, ground, placedAt, endsOn, reference, reason };
        }),
      );
      await store.audit.append({
        ...by(caller),
        action: 'hold.list',
        outcome: 'done',
        facts: { holds: views.length },
      });
      return views;
    },
    async place({ kind, id }, document, caller) {
      const request = validated(holdRequestSchema, document, 'hold');
      const now = clock();
      if (request.endsOn <= today() || request.endsOn > plus(today(), { years: longestYears })) {
        throw invalid('hold', [{ path: ['endsOn'], code: 'out-of-range' }]);
      }
      const { ground, endsOn, reference, reason } = request;
      const holdId = await store.holds.place({
        kind,
        recordId: id,
        ground,
        endsOn,
        detail: { reference, reason },
        retentionEnds: plus(endsOn, rules.reason.period),
        placedAt: now.toISOString(),
        audit: {
          ...by(caller),
          action: 'hold.place',
          subject: { record: id },
          outcome: 'done',
          facts: { kind, hold: ground, endsOn },
        },
      });
      return { holdId };
    },
    async release(holdId, caller) {
      const audit = { ...by(caller), action: 'hold.release', subject: { record: holdId }, outcome: 'done' };
      await store.holds.release(holdId, clock().toISOString(), audit);
    },
    async on({ kind, id }) {
      const holds = await store.holds.of(kind, id);
      return holds.filter((hold) => hold.releasedAt === undefined && hold.endsOn > today());
    },
  };
}
