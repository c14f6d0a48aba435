import type { z } from 'zod';
import type { ComparisonAnswer, Evidence, Outcome, ReasonCode, Scored } from '../../comparison/answer.js';
import type { CalibrationView } from '../../comparison/calibrationView.js';
import type { InquiryView } from '../../inquiry/inquiryView.js';
import type { Geometry as Geometries } from '../../inquiry/photos.js';
import type { modeRequestViewSchema, modeStateSchema } from '../../oversight/mode.js';
import type { Measures, UseReport } from '../../oversight/useReport.js';
import type { Verdict } from '../review/verdicts.js';

export type { ConsoleConfig } from '../../http/routes/console.js';
export type { RoleName } from '../../oversight/roles.js';
export type { Scope } from '../../oversight/scopes.js';
export type {
  CalibrationView,
  ComparisonAnswer,
  Evidence,
  Geometries,
  Measures,
  Outcome,
  ReasonCode,
  Scored,
  UseReport,
};
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
  readonly history: readonly {
    readonly at: string;
    readonly action: string;
    readonly person: string | null;
    readonly verdict?: Verdict;
    readonly reason?: string;
  }[];
  readonly claimedBy: string | null;
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

export interface SearchSummary {
  readonly searchId: string;
  readonly inquiryId: string;
  readonly kind: 'search' | 'sweep';
  readonly status: 'requested' | 'refused' | 'running' | 'done' | 'failed';
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly reason: string;
  readonly decidedBy: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly progress: number | null;
  readonly store: { readonly documents: number; readonly model: string } | null;
  readonly error: string | null;
}

export interface Inquiry extends InquiryView {
  readonly searches?: readonly SearchSummary[];
}

export type VerificationVerdict = 'same-person' | 'different-person' | 'unsure';

export interface Verification {
  readonly person: string;
  readonly verdict: VerificationVerdict;
  readonly at: string;
}

export interface Found {
  readonly documentId: string;
  readonly documentNumber: string;
  readonly issuedOn: string;
  readonly holderName: string;
}

export interface Candidate extends Found {
  readonly rank: number;
  readonly score: number;
  readonly falseMatchRate: number;
  readonly falseMatchRateInStore: number;
  readonly strength: number;
  readonly verifications: readonly Verification[];
}

export interface Pair {
  readonly rank: number;
  readonly a: Found;
  readonly b: Found;
  readonly score: number;
  readonly falseMatchRateInStore: number;
  readonly verifications: readonly Verification[];
}

export interface Search extends SearchSummary {
  readonly probe?: { readonly comparisonId: string } | { readonly documentId: string } | null;
  readonly candidates?: readonly Candidate[];
  readonly pairs?: readonly Pair[];
}

export type Point = readonly [x: number, y: number];
export type PhotoName = keyof Geometries;
export type Geometry = NonNullable<Geometries[PhotoName]>;
export type Curves = CalibrationView['single']['curves'];
