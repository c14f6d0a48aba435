import type { z } from 'zod';
import type { Clock } from '../clock.js';
import { by, type Caller } from '../oversight/caller.js';
import { personOf } from '../oversight/person.js';
import { cursorOf, cut, defaultPageSize, placeOf } from '../records/page.js';
import { plus, type RetentionRules, statutoryRetention } from '../records/retention.js';
import { invalid, validated } from '../records/validation.js';
import type { ReviewStep } from '../store/reviewRows.js';
import type { Store } from '../store/store.js';
import { afterVerdict } from './reviewRules.js';
import {
  type ReviewView,
  reviewItem,
  type reviewPageSchema,
  reviewQuerySchema,
  reviewView,
  type Viewer,
  verdictRequestSchema,
} from './reviewView.js';

export interface ReviewPolicy {
  /** Share of the reviews, 0 to 1, that get a second verdict although the first does not ask for one. */
  readonly secondShare: number;
  /** How long a claim holds. */
  readonly claimMinutes: number;
}

/** What people do with comparisons in review. Documents handed in are parsed JSON, not yet validated. */
export interface Reviews {
  /** @throws FacematchError `validation`, `person-required` */
  list(query: unknown, caller: Caller): Promise<z.output<typeof reviewPageSchema>>;
  /** @throws FacematchError `not-found`, `person-required` */
  get(id: string, caller: Caller): Promise<ReviewView>;
  /**
   * Takes it, or keeps it for longer.
   *
   * @throws FacematchError as {@link get}, `review-claimed`, `review-closed`, `second-person-required`, `forbidden`
   */
  claim(id: string, caller: Caller): Promise<ReviewView>;
  /** @throws FacematchError as {@link get}, `review-not-yours`, `review-closed` */
  release(id: string, caller: Caller): Promise<ReviewView>;
  /** @throws FacematchError as {@link release}, `validation` */
  decide(id: string, document: unknown, caller: Caller): Promise<ReviewView>;
}

export function createReviews(parts: {
  readonly store: Store;
  readonly clock: Clock;
  readonly policy: ReviewPolicy;
  /** Uniform in [0, 1): draws the reviews that get a second verdict. */
  readonly random: () => number;
  readonly rules?: RetentionRules | undefined;
}): Reviews {
  const { store, clock, policy, random, rules = statutoryRetention } = parts;
  const viewerOf = (caller: Caller): Viewer => ({
    person: personOf(caller),
    works: caller.scopes.has('reviews:work'),
    settles: caller.scopes.has('reviews:settle'),
  });
  const entry = (caller: Caller, action: string, outcome = 'done') => ({ ...by(caller), action, outcome });
  const shown = async (id: string, viewer: Viewer): Promise<ReviewView> => {
    const { review, events } = await store.reviewQueue.get(id, viewer.person);
    return reviewView(review, events, viewer);
  };

  return {
    async list(query, caller) {
      const viewer = viewerOf(caller);
      const asked = validated(reviewQuerySchema, query, 'query');
      const { status, limit = defaultPageSize } = asked;
      const now = clock();
      await store.reviews.expire(now.toISOString());
      const office = caller.office ?? asked.office;
      const after = placeOf(asked.cursor, 2) as [string, string] | undefined;
      const claimedBy = asked.mine === 'true' ? viewer.person : undefined;
      const filter = { status, office, claimedBy, after, limit: limit + 1 };
      const [found, counts] = await Promise.all([
        store.reviewQueue.list(filter, viewer.person),
        store.reviewQueue.counts(office),
      ]);
      const { items, last } = cut(found, limit);
      await store.audit.append({ ...entry(caller, 'review.list'), facts: { reviews: items.length } });
      const count = (...of: Parameters<typeof counts.get>[0][]) =>
        of.reduce((sum, one) => sum + (counts.get(one) ?? 0), 0);
      return {
        items: items.map((review) => reviewItem(review, viewer, now)),
        next: last === undefined ? null : cursorOf([last.openedAt, last.id]),
        counts: {
          waiting: count('waiting'),
          claimed: count('claimed', 'second-claimed', 'settling'),
          second: count('second-waiting'),
          disputed: count('disputed'),
          done: count('done'),
        },
      };
    },

    async get(id, caller) {
      const viewer = viewerOf(caller);
      await store.reviews.expire(clock().toISOString());
      const view = await shown(id, viewer);
      await store.audit.append({ ...entry(caller, 'review.read'), subject: { record: id } });
      return view;
    },

    async claim(id, caller) {
      const viewer = viewerOf(caller);
      const now = clock();
      await store.reviews.expire(now.toISOString());
      const steps: readonly ReviewStep[] = [
        ...(viewer.works ? (['first', 'second'] as const) : []),
        ...(viewer.settles ? (['settlement'] as const) : []),
      ];
      await store.reviews.claim(id, {
        person: viewer.person,
        steps,
        at: now.toISOString(),
        endsAt: new Date(now.getTime() + policy.claimMinutes * 60_000).toISOString(),
        audit: entry(caller, 'review.claim'),
      });
      return shown(id, viewer);
    },

    async release(id, caller) {
      const viewer = viewerOf(caller);
      await store.reviews.release(id, viewer.person, clock().toISOString(), entry(caller, 'review.release'));
      return shown(id, viewer);
    },

    async decide(id, document, caller) {
      const viewer = viewerOf(caller);
      const { verdict, reason, timeSpentSeconds } = validated(verdictRequestSchema, document, 'verdict');
      const { review } = await store.reviewQueue.get(id, viewer.person);
      // There is nobody above the supervisor.
      if (verdict === 'escalate' && review.status === 'settling') {
        throw invalid('verdict', [{ path: ['verdict'], code: 'not-for-this-step' }]);
      }
      const now = clock();
      await store.reviews.expire(now.toISOString());
      const drawn = random() < policy.secondShare;
      await store.reviews.decide(id, {
        person: viewer.person,
        ...{ verdict, reason, spentSeconds: timeSpentSeconds, at: now.toISOString() },
        wordsEnd: plus(now.toISOString().slice(0, 10), rules.reason.period),
        next: (step, first) => afterVerdict({ step, verdict, first, drawn }),
        audit: entry(caller, 'review.verdict', verdict),
      });
      return shown(id, viewer);
    },
  };
}
