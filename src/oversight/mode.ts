import { z } from 'zod';
import type { Clock } from '../clock.js';
import { FacematchError, isFacematchError } from '../errors.js';
import { text } from '../records/text.js';
import { invalid, validated } from '../records/validation.js';
import { type ModeChange, modeAt } from '../store/modes.js';
import type { Store } from '../store/store.js';
import { by, type Caller } from './caller.js';
import { personOf } from './person.js';

export const modes = ['active', 'trial', 'suspended'] as const;
export type Mode = (typeof modes)[number];

export const modeRequestSchema = z.strictObject({
  mode: z
    .enum(modes)
    .describe(
      'trial computes and records but decides nothing; suspended answers no comparison and no search',
    ),
  reason: text(1000),
  ground: text(500).describe('The legal ground'),
  endsAt: z.iso
    .datetime({ offset: true })
    .optional()
    .describe(
      'Required for trial and suspended, not for active. A trial then becomes a suspension; a suspension stays until it is ended by a request for another mode.',
    ),
});

export const modeStateSchema = z.strictObject({
  mode: z.enum(modes),
  since: z.iso.datetime().optional(),
  endsAt: z.iso.datetime().optional(),
  reason: z.string().optional(),
  ground: z.string().optional(),
  trialEnded: z.boolean().describe('The suspension began because the end of a trial came'),
});
export type ModeState = z.output<typeof modeStateSchema>;

export const modeRequestViewSchema = z.strictObject({
  id: z.string(),
  mode: z.enum(modes),
  endsAt: z.iso.datetime().optional(),
  reason: z.string(),
  ground: z.string(),
  requestedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  approvedAt: z.iso.datetime().optional(),
});
export type ModeRequestView = z.output<typeof modeRequestViewSchema>;

export interface ModeControl {
  /** As it is in the database at this moment, so that a change holds in every process at once. */
  current(): Promise<Mode>;
  /** @throws FacematchError `suspended`, with the reason and the end in its facts */
  requireRunning(): Promise<Exclude<Mode, 'suspended'>>;
  state(caller?: Caller): Promise<ModeState>;
  waiting(caller: Caller): Promise<ModeRequestView[]>;
  /** @throws FacematchError `validation`, `person-required` */
  request(document: unknown, caller: Caller): Promise<ModeRequestView>;
  /** @throws FacematchError `not-found`, `person-required`, `second-person-required`, `request-closed` */
  approve(id: string, caller: Caller): Promise<ModeState>;
}

/** A request that nobody approved within a week is no longer what anybody wants. */
const openForMs = 7 * 24 * 60 * 60 * 1000;

export function createModeControl(parts: {
  readonly store: Store;
  readonly clock: Clock;
  /** The day on which the written reason of a request made on a day is to be destroyed. */
  readonly retentionEnds: (day: string) => string;
}): ModeControl {
  const { store, clock, retentionEnds } = parts;
  const now = () => clock().toISOString();
  /** Undefined once the retention of written reasons is over; what they brought about goes on. */
  const written = async (id: string) => {
    try {
      const { reason, ground } = await store.modes.get(id);
      return { reason, ground };
    } catch (error) {
      if (isFacematchError(error, 'not-found')) return {};
      throw error;
    }
  };
  const state = async (): Promise<ModeState> => {
    const change = await store.modes.effective();
    if (change === undefined) return { mode: 'active', trialEnded: false };
    const mode = modeAt(change, now());
    const trialEnded = mode !== change.mode;
    const words = await written(change.id);
    return {
      mode,
      since: trialEnded ? change.endsAt : change.approvedAt,
      ...(change.endsAt === undefined || trialEnded ? {} : { endsAt: change.endsAt }),
      ...words,
      trialEnded,
    };
  };
  return {
    current: async () => modeAt(await store.modes.effective(), now()),
    async requireRunning() {
      const mode = modeAt(await store.modes.effective(), now());
      if (mode !== 'suspended') return mode;
      const { reason = '', endsAt, trialEnded } = await state();
      throw new FacematchError('suspended', 'Comparisons and searches are suspended.', {
        reason,
        trialEnded,
        ...(endsAt === undefined ? {} : { endsAt }),
      });
    },
    async state(caller) {
      const found = await state();
      if (caller !== undefined) {
        await store.audit.append({ ...by(caller), action: 'mode.read', outcome: found.mode });
      }
      return found;
    },
    async waiting(caller) {
      const open = await store.modes.open(now());
      await store.audit.append({
        ...by(caller),
        action: 'mode.requests',
        outcome: 'done',
        facts: { requests: open.length },
      });
      return open.map(view);
    },
    async request(document, caller) {
      const wanted = validated(modeRequestSchema, document, 'request');
      const person = personOf(caller);
      const requestedAt = now();
      const endsAt = wanted.endsAt === undefined ? undefined : new Date(wanted.endsAt).toISOString();
      if (wanted.mode === 'active' && endsAt !== undefined) throw fault('not-for-this-mode');
      if (wanted.mode !== 'active' && endsAt === undefined) throw fault('missing');
      if (endsAt !== undefined && endsAt <= requestedAt) throw fault('in-the-past');
      const id = await store.modes.request({
        mode: wanted.mode,
        endsAt,
        reason: wanted.reason,
        ground: wanted.ground,
        person,
        requestedAt,
        expiresAt: new Date(Date.parse(requestedAt) + openForMs).toISOString(),
        retentionEnds: retentionEnds((endsAt ?? requestedAt).slice(0, 10)),
        audit: { ...by(caller), ground: wanted.ground, action: 'mode.request', outcome: wanted.mode },
      });
      return view(await store.modes.get(id));
    },
    async approve(id, caller) {
      const person = personOf(caller);
      const { mode, ground } = await store.modes.get(id);
      const audit = { ...by(caller), ground, action: 'mode.approve', outcome: mode };
      await store.modes.approve(id, person, now(), audit);
      return state();
    },
  };
}

const fault = (code: string) => invalid('request', [{ path: ['endsAt'], code }]);

function view(change: ModeChange): ModeRequestView {
  return {
    id: change.id,
    mode: change.mode,
    ...(change.endsAt === undefined ? {} : { endsAt: change.endsAt }),
    reason: change.reason,
    ground: change.ground,
    requestedAt: change.requestedAt,
    expiresAt: change.expiresAt,
    ...(change.approvedAt === undefined ? {} : { approvedAt: change.approvedAt }),
  };
}
