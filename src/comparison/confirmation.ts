import { z } from 'zod';
import { by, type Caller } from '../oversight/caller.js';
import { applicationNameOf } from '../records/application.js';
import { type RetentionRules, retentionOfComparison, statutoryRetention } from '../records/retention.js';
import { validated } from '../records/validation.js';
import type { Store } from '../store/store.js';
import type { ComparisonRecord } from './render.js';

/** What was recorded when an application was compared, without how it came out: that is the office's to tell. */
export const confirmationSchema = z.strictObject({
  comparisonId: z.string(),
  applicationId: z.string(),
  office: z.string(),
  comparedAt: z.iso.datetime(),
  mode: z.enum(['active', 'trial']),
  references: z.int().describe('How many earlier documents the photo was compared with'),
  photoKeptUntil: z.iso.date(),
  photoBasis: z.string(),
  resultKeptUntil: z.iso.date(),
  resultBasis: z.string(),
});
export type Confirmation = z.output<typeof confirmationSchema>;

export const decisions = ['accepted', 'refused', 'referred'] as const;
export const decisionSchema = z.strictObject({
  decision: z
    .enum(decisions)
    .describe('What people decided on the application: accepted, refused, or referred for further inquiry'),
});

export interface AfterComparison {
  /** @throws FacematchError `not-found`, also for another office's comparison */
  confirm(id: string, caller: Caller): Promise<Confirmation>;
  /** Records what was decided; the last decision counts. @throws FacematchError as {@link confirm}, `validation` */
  decide(id: string, document: unknown, caller: Caller): Promise<z.output<typeof decisionSchema>>;
}

export function createAfterComparison(parts: {
  readonly store: Store;
  readonly clock: () => Date;
  readonly retention?: RetentionRules;
}): AfterComparison {
  const { store, clock, retention = statutoryRetention } = parts;
  const visible = async (id: string, caller: Caller) => {
    const comparison = await store.comparisons.get(id, caller.office);
    return { ...comparison, record: comparison.detail as ComparisonRecord };
  };
  const entry = (caller: Caller, record: ComparisonRecord) => ({
    ...by(caller),
    onBehalfOf: { application: applicationNameOf(record) },
    subject: { record: record.comparisonId },
  });
  return {
    async confirm(id, caller) {
      const { record, mode, retentionEnds } = await visible(id, caller);
      await store.audit.append({ ...entry(caller, record), action: 'comparison.confirm', outcome: 'done' });
      return {
        comparisonId: id,
        applicationId: record.applicationId,
        office: record.office,
        comparedAt: record.comparedAt,
        mode: mode === 'trial' ? 'trial' : 'active',
        references: record.evidence.references.length,
        photoKeptUntil: retentionOfComparison(new Date(record.comparedAt), retention).probe,
        photoBasis: retention.probe.basis,
        resultKeptUntil: retentionEnds,
        resultBasis: retention.comparison.basis,
      };
    },
    async decide(id, document, caller) {
      const asked = validated(decisionSchema, document, 'decision');
      const { record } = await visible(id, caller);
      await store.outcomes.decide(id, asked.decision, clock().toISOString(), {
        ...entry(caller, record),
        action: 'comparison.decide',
        outcome: asked.decision,
      });
      return asked;
    },
  };
}
