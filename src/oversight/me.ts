import { z } from 'zod';
import type { Store } from '../store/store.js';
import { by, type Caller } from './caller.js';
import { type ModeControl, modes } from './mode.js';

export const meSchema = z.strictObject({
  person: z.string().nullable(),
  client: z.string(),
  office: z.string().nullable(),
  role: z.string().nullable().describe('null for a token without a role, or with one that does not exist'),
  scopes: z.array(z.string()).describe('What the token opens: those it was given and its role has'),
  mode: z.strictObject({
    mode: z.enum(modes),
    reason: z.string().optional(),
    until: z.iso.datetime().optional(),
  }),
});
export type Me = z.output<typeof meSchema>;

/** Who the caller is to the service, and whether it decides anything now: what a screen begins with. */
export function createMe(store: Store, control: Pick<ModeControl, 'state'>): (caller: Caller) => Promise<Me> {
  return async (caller) => {
    const { mode, reason, endsAt } = await control.state();
    await store.audit.append({ ...by(caller), action: 'me.read', outcome: 'done' });
    return {
      person: caller.person ?? null,
      client: caller.client,
      office: caller.office ?? null,
      role: caller.role ?? null,
      scopes: [...caller.scopes].sort(),
      mode: {
        mode,
        ...(mode === 'active' || reason === undefined ? {} : { reason }),
        ...(endsAt === undefined ? {} : { until: endsAt }),
      },
    };
  };
}
