import { comparisonScore } from '../../comparison/scores.js';
import type { Embedding } from '../../face/types.js';
import { newId } from '../../ids.js';
import { plus, retentionOfComparison, retentionOfReview } from '../../records/retention.js';
import type { Store } from '../../store/store.js';
import { createRetention } from '../engine.js';
import { inquire, review } from './casework.js';
import {
  type SyntheticHolder,
  syntheticDocument,
  syntheticEmbedding,
  syntheticHolder,
  syntheticModel,
} from './people.js';

export interface TwentyYears {
  /** Documents issued over the years; each holder gets a second one after ten. */
  readonly records: number;
  /** First day, `YYYY-MM-DD`. */
  readonly from: string;
  /** Months between two days on which anything happens. */
  readonly stepMonths?: 1 | 2 | 3 | 6;
  readonly progress?: (day: string, documents: number) => void;
}

export interface TwentyYearsReport {
  readonly issued: number;
  readonly comparisons: number;
  /** Of the comparisons, those that were reviewed. */
  readonly reviews: number;
  readonly inquiries: number;
  /** Comparisons that found exactly the documents of the holder still kept. */
  readonly referencesRight: number;
  /** Most documents the store held at once. */
  readonly most: number;
  readonly destroyed: Record<string, number>;
  readonly runs: number;
}

const years = 20;
/** One comparison in so many is reviewed, and one review in so many becomes an inquiry. */
const reviewEvery = 4;
const inquiryEvery = 3;

/** A clock that the simulation moves. */
export class SimulatedTime {
  constructor(public now: Date) {}
  readonly clock = () => this.now;
  readonly monotonic = () => this.now.getTime();
}

/**
 * Lets forty years pass: twenty in which passports are issued, renewed and their applicants compared, and twenty in
 * which nothing comes in and everything goes, with a retention run every month.
 *
 * @param store empty, on the clock of `time`.
 */
export async function twentyYears(
  store: Store,
  time: SimulatedTime,
  options: TwentyYears,
): Promise<TwentyYearsReport> {
  const { records, from, progress, stepMonths = 1 } = options;
  const steps = (years * 12) / stepMonths;
  const perStep = Math.max(1, Math.round(records / steps));
  const retention = createRetention({
    store,
    clock: time.clock,
    monotonic: time.monotonic,
    // Of what is left at the end, every month is a large share.
    limits: { share: 0.1, few: 3 * perStep, maxGapDays: 31 * stepMonths },
    batchSize: 1000,
  });
  const report = {
    issued: 0,
    comparisons: 0,
    reviews: 0,
    inquiries: 0,
    referencesRight: 0,
    most: 0,
    destroyed: {} as Record<string, number>,
    runs: 0,
  };
  const issuedOn = new Map<number, string[]>();
  let nextHolder = 0;
  const documents: string[][] = [];

  for (let step = 0; step <= 2 * steps + 1; step++) {
    const day = plus(from, { months: step * stepMonths });
    time.now = new Date(`${day}T03:00:00Z`);
    if (step < steps) {
      const renewing = documents[step - steps / 2] ?? [];
      const holders = [...Array(perStep).keys()].map((n) =>
        n < renewing.length ? holderOf(renewing[n]) : syntheticHolder(nextHolder++),
      );
      for (const holder of holders.slice(0, renewing.length)) {
        const outcome = report.comparisons % reviewEvery === 0 ? 'review' : 'consistent';
        const known = (issuedOn.get(holder.number) ?? []).length;
        const { id, right } = await compare(store, time.now, holder, known, outcome);
        report.comparisons += 1;
        if (right) report.referencesRight += 1;
        if (outcome !== 'review') continue;
        await review(store, time.now, id);
        report.reviews += 1;
        if (report.reviews % inquiryEvery !== 1) continue;
        await inquire(store, time.now, id);
        report.inquiries += 1;
      }
      await store.documents.createMany(holders.map((holder) => syntheticDocument(holder, day, store.lookup)));
      for (const { number } of holders) issuedOn.set(number, [...(issuedOn.get(number) ?? []), day]);
      documents.push(holders.map(({ number }) => String(number)));
      report.issued += holders.length;
    }
    const { destroyed } = await retention.run({ by: { client: 'simulation', actor: 'simulation' } });
    report.runs += 1;
    for (const [kind, count] of Object.entries(destroyed)) {
      report.destroyed[kind] = (report.destroyed[kind] ?? 0) + count;
    }
    const held = report.issued - (report.destroyed['document'] ?? 0);
    report.most = Math.max(report.most, held);
    progress?.(day, held);
  }
  return report;
}

const holderOf = (number: string | undefined): SyntheticHolder => syntheticHolder(Number(number));

/** One comparison with the holder's documents as the service makes it, without a network: its photo is an embedding. */
async function compare(
  store: Store,
  now: Date,
  holder: SyntheticHolder,
  expected: number,
  outcome: 'consistent' | 'review',
): Promise<{ id: string; right: boolean }> {
  const register = store.lookup.registerNumber(holder.registerNumber);
  const { byRegister } = await store.documents.findByKeys({ register, identity: [], numbers: [] });
  const probe = syntheticEmbedding(holder, now.toISOString());
  const scores = [];
  for (const { id } of byRegister.slice(0, 2)) {
    const reference = await store.documents.embedding(id, syntheticModel);
    if (reference !== undefined) scores.push(comparisonScore(probe as Embedding, reference as Embedding));
  }
  const retention = retentionOfComparison(now);
  const id = newId();
  await store.comparisons.create({
    id,
    applicationKey: store.lookup.application(id),
    office: 'simulation',
    outcome,
    reasons: outcome === 'review' ? ['does-not-match'] : [],
    subjectKeys: [register],
    reviewRetentionEnds: retentionOfReview(now.toISOString(), retention.comparison),
    createdAt: now.toISOString(),
    model: syntheticModel,
    calibration: 'none',
    policy: 'none',
    retentionEnds: retention.comparison,
    detail: { scores },
    references: byRegister.slice(0, 2).map((document) => document.id),
    probe: { photo: new Uint8Array(2048).fill(7), embedding: probe, retentionEnds: retention.probe },
    audit: { client: 'simulation', actor: 'simulation', action: 'comparison.create', outcome },
  });
  return { id, right: byRegister.length === expected && scores.every((score) => score > 0.5) };
}
