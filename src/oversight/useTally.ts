import type { ActionCount, DestroyedCount, GroupCount, ReviewCount } from '../store/useFigures.js';
import type { Measures } from './useReport.js';

/** Outcomes of the trail that are refusals, not failures of the service. */
const refusals: ReadonlySet<string> = new Set([
  'invalid-token',
  'forbidden',
  'not-found',
  'suspended',
  'second-person-required',
  'person-required',
  'request-closed',
  'inquiry-refused',
  'inquiry-closed',
  'review-claimed',
  'review-not-yours',
  'review-closed',
  'forbidden-field',
  'retention-over',
]);

/** What is summed for a period; rates and means are made of it at the end. */
class Sums {
  comparisons = 0;
  readonly byOutcome = new Map<string, number>();
  trial = 0;
  verdicts = 0;
  differentPerson = 0;
  secondVerdicts = 0;
  settlements = 0;
  steps = 0;
  waitedSeconds = 0;
  handlingSeconds = 0;
  reviewSeconds = 0;
  decisions = 0;
  searches = 0;
  transfers = 0;
  rectifications = 0;
  filesGiven = 0;
  borderLookups = 0;
  refusals = 0;
  destroyed = 0;

  addAction({ action, outcome, n }: ActionCount): void {
    if (refusals.has(outcome)) this.refusals += n;
    switch (action) {
      case 'comparison.decide':
        this.decisions += n;
        break;
      case 'search.run':
        this.searches += n;
        break;
      case 'document.transfer':
        if (outcome === 'created') this.transfers += n;
        break;
      case 'document.rectify':
        this.rectifications += n;
        break;
      case 'holder.file':
        this.filesGiven += n;
        break;
      case 'border.lookup':
        if (outcome === 'done' || outcome === 'not-found') this.borderLookups += n;
        break;
    }
  }

  addGroup({ mode, outcome, n }: GroupCount): void {
    this.comparisons += n;
    this.byOutcome.set(outcome, n + (this.byOutcome.get(outcome) ?? 0));
    if (mode === 'trial') this.trial += n;
  }

  addReview({ step, verdict, n, waitedSeconds, handlingSeconds }: ReviewCount): void {
    if (step === 'final') {
      this.verdicts += n;
      if (verdict === 'different-person') this.differentPerson += n;
      this.reviewSeconds += waitedSeconds;
      return;
    }
    this.steps += n;
    this.waitedSeconds += waitedSeconds;
    this.handlingSeconds += handlingSeconds;
    if (step === 'second') this.secondVerdicts += n;
    if (step === 'settlement') this.settlements += n;
  }

  measures(): Measures {
    const { comparisons, verdicts, steps } = this;
    const outcome = (name: string) => this.byOutcome.get(name) ?? 0;
    return {
      comparisons,
      consistent: outcome('consistent'),
      review: outcome('review'),
      notComparable: outcome('not-comparable'),
      trial: this.trial,
      reviewRate: rate(outcome('review'), comparisons),
      verdicts,
      differentPerson: this.differentPerson,
      hitRate: rate(this.differentPerson, verdicts),
      secondVerdicts: this.secondVerdicts,
      settlements: this.settlements,
      waitHours: rate(this.waitedSeconds, steps * 3600),
      handlingMinutes: rate(this.handlingSeconds, steps * 60),
      reviewHours: rate(this.reviewSeconds, verdicts * 3600),
      decisions: this.decisions,
      searches: this.searches,
      transfers: this.transfers,
      rectifications: this.rectifications,
      filesGiven: this.filesGiven,
      borderLookups: this.borderLookups,
      refusals: this.refusals,
      destroyed: this.destroyed,
    };
  }
}

export interface GroupSums {
  comparisons: number;
  review: number;
}

/** Adds up what is counted by the day, in one pass however many periods there are. */
export class UseTally {
  readonly groups = { ageBand: new Map<string, GroupSums>(), sex: new Map<string, GroupSums>() };
  readonly #total = new Sums();
  readonly #periods = new Map<string, Sums>();
  readonly #periodOf: (day: string) => string;

  constructor(periodOf: (day: string) => string) {
    this.#periodOf = periodOf;
  }

  addActions(rows: readonly ActionCount[]): void {
    for (const row of rows) this.#both(row.day, (sums) => sums.addAction(row));
  }

  addGroups(rows: readonly GroupCount[]): void {
    for (const row of rows) {
      this.#both(row.day, (sums) => sums.addGroup(row));
      for (const attribute of ['ageBand', 'sex'] as const) {
        const sums = this.groups[attribute].get(row[attribute]) ?? { comparisons: 0, review: 0 };
        this.groups[attribute].set(row[attribute], sums);
        sums.comparisons += row.n;
        if (row.outcome === 'review') sums.review += row.n;
      }
    }
  }

  addReviews(rows: readonly ReviewCount[]): void {
    for (const row of rows) this.#both(row.day, (sums) => sums.addReview(row));
  }

  addDestroyed(rows: readonly DestroyedCount[]): void {
    for (const { day, n } of rows) {
      this.#both(day, (sums) => {
        sums.destroyed += n;
      });
    }
  }

  total(): Measures {
    return this.#total.measures();
  }

  /** Of those in which anything was counted, in their order. */
  periods(): (Measures & { period: string })[] {
    const sorted = [...this.#periods].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([period, sums]) => ({ period, ...sums.measures() }));
  }

  #both(day: string, add: (sums: Sums) => void): void {
    const period = this.#periodOf(day);
    const sums = this.#periods.get(period) ?? new Sums();
    this.#periods.set(period, sums);
    add(sums);
    add(this.#total);
  }
}

const rate = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
