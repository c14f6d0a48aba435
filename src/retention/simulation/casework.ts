import { FacematchError } from '../../errors.js';
import { afterVerdict } from '../../inquiry/reviewRules.js';
import { plus, statutoryRetention } from '../../records/retention.js';
import type { Store } from '../../store/store.js';

const by = { client: 'simulation', actor: 'simulation', outcome: 'done' };
const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

/** The review of a comparison to its double verdict, as people work it. */
export async function review(store: Store, now: Date, comparisonId: string): Promise<void> {
  const found = (await store.reviewQueue.ofComparisons([comparisonId])).get(comparisonId);
  if (found === undefined) throw new FacematchError('internal', 'A comparison in review has none.');
  const at = now.toISOString();
  for (const person of ['analyst 1', 'analyst 2']) {
    await store.reviews.claim(found.id, {
      ...{ person, at, steps: ['first', 'second'] },
      endsAt: `${plus(dayOf(now), { days: 1 })}T00:00:00.000Z`,
      audit: { ...by, action: 'review.claim' },
    });
    await store.reviews.decide(found.id, {
      ...{ person, at, verdict: 'different-person', reason: 'The ears differ', spentSeconds: 60 },
      wordsEnd: plus(dayOf(now), statutoryRetention.reason.period),
      next: (step, first) => afterVerdict({ step, verdict: 'different-person', first, drawn: false }),
      audit: { ...by, action: 'review.verdict' },
    });
  }
}

/** An inquiry that takes a comparison in and holds it for half a year. */
export async function inquire(store: Store, now: Date, comparisonId: string): Promise<void> {
  const openedAt = now.toISOString();
  const endsOn = plus(dayOf(now), { months: 6 });
  const reference = 'F-1';
  const id = await store.inquiries.open({
    detail: { reference, ground: 'simulation', purpose: 'simulation', openedBy: 'analyst 1' },
    members: ['analyst 1'],
    openedAt,
    endsAt: `${endsOn}T00:00:00.000Z`,
    retentionEnds: plus(dayOf(now), statutoryRetention.inquiry.period),
    audit: { ...by, action: 'inquiry.open' },
  });
  const hold = {
    ground: 'inquiry' as const,
    endsOn,
    detail: { reference, reason: 'simulation' },
    retentionEnds: plus(endsOn, statutoryRetention.reason.period),
    placedAt: openedAt,
    audit: { ...by, action: 'hold.place' },
  };
  await store.inquiries.addRecord(id, { kind: 'comparison', id: comparisonId }, hold, {
    at: openedAt,
    person: 'analyst 1',
    reason: 'simulation',
    audit: { ...by, action: 'inquiry.record' },
  });
}
