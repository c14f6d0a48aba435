import type { z } from 'zod';
import type { Outcome, ReasonCode } from '../../comparison/answer.js';
import type { CalibrationView } from '../../comparison/calibrationView.js';
import type { Geometry as Geometries } from '../../inquiry/photos.js';
import type { ScoredView, SearchView } from '../../inquiry/search/searchView.js';
import type { modeRequestViewSchema, modeStateSchema } from '../../oversight/mode.js';
import type { Verdict } from '../review/verdicts.js';

export type { ComparisonAnswer, Evidence, Outcome, ReasonCode, Scored } from '../../comparison/answer.js';
export type { CalibrationView } from '../../comparison/calibrationView.js';
export type { ConsoleConfig } from '../../http/routes/console.js';
export type { InquiryView as Inquiry } from '../../inquiry/inquiryView.js';
export type { Geometry as Geometries } from '../../inquiry/photos.js';
export type {
  FoundView as Found,
  ScoredView,
  SearchSummary,
  SearchView as Search,
} from '../../inquiry/search/searchView.js';
export type { RoleName } from '../../oversight/roles.js';
export type { Scope } from '../../oversight/scopes.js';
export type { Measures, UseReport } from '../../oversight/useReport.js';
export type ModeState = z.infer<typeof modeStateSchema>;
export type ModeRequest = z.infer<typeof modeRequestViewSchema>;

export interface List<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export type ReviewStatus =
  | 'waiting'
  | 'claimed'
  | 'second-waiting'
  | 'second-claimed'
  | 'disputed'
  | 'settling'
  | 'done';

export interface ReviewSummary {
  readonly reviewId: string;
  readonly status: ReviewStatus;
  readonly openedAt: string;
  readonly verdict: Verdict | null;
}

export interface ReviewItem extends ReviewSummary {
  readonly comparisonId: string;
  readonly office: string | null;
  readonly reasons: readonly ReasonCode[];
  readonly outcome: Outcome | null;
  readonly mode: 'active' | 'trial';
  readonly score: number | null;
  readonly strength: number | null;
  readonly ageSeconds: number;
  readonly claimedBy: string | null;
  readonly claimable: boolean;
  readonly holdsYou: boolean;
}

export interface ReviewList extends List<ReviewItem> {
  readonly counts: Readonly<Record<'waiting' | 'claimed' | 'second' | 'disputed' | 'done', number>>;
}

export interface Review extends ReviewSummary {
  readonly comparisonId: string;
  readonly mode: 'active' | 'trial';
  readonly claimable: boolean;
  readonly holdsYou: boolean;
  readonly history: readonly {
    readonly at: string;
    readonly action: 'opened' | 'claimed' | 'released' | 'expired' | 'verdict' | 'withdrawn';
    readonly step: 'first' | 'second' | 'settlement';
    readonly person: string | null;
    readonly verdict?: Verdict;
    readonly reason?: string;
  }[];
  readonly yours: { readonly verdict: Verdict; readonly reason: string } | null;
}

export interface QueryItem {
  readonly comparisonId: string;
  readonly createdAt: string;
  readonly office: string | null;
  readonly outcome: Outcome | null;
  readonly reasons: readonly ReasonCode[];
  readonly model: string;
  readonly score: number | null;
  readonly strength: number | null;
  readonly review: ReviewSummary | null;
}

export interface QueryList extends List<QueryItem> {
  readonly total?: number;
}

export type Verification = ScoredView['verifications'][number];
export type VerificationVerdict = Verification['verdict'];
export type Pair = NonNullable<SearchView['pairs']>[number];
export type Candidate = NonNullable<SearchView['candidates']>[number];

export type Point = readonly [x: number, y: number];
export type PhotoName = keyof Geometries;
export type Geometry = NonNullable<Geometries[PhotoName]>;
export type Curves = CalibrationView['single']['curves'];
