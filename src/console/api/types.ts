import type { z } from 'zod';
import type { CalibrationView } from '../../comparison/calibrationView.js';
import type { ComparisonPage } from '../../inquiry/comparisonQuery.js';
import type { Geometry as Geometries } from '../../inquiry/photos.js';
import type { ReviewItem, reviewPageSchema } from '../../inquiry/reviewView.js';
import type { ScoredView, SearchView } from '../../inquiry/search/searchView.js';
import type { modeRequestViewSchema, modeStateSchema } from '../../oversight/mode.js';

export type { ComparisonAnswer, Evidence, Outcome, ReasonCode, Scored } from '../../comparison/answer.js';
export type { CalibrationView } from '../../comparison/calibrationView.js';
export type { ConsoleConfig } from '../../http/routes/console.js';
export type { ComparisonPage } from '../../inquiry/comparisonQuery.js';
export type { InquiryView as Inquiry } from '../../inquiry/inquiryView.js';
export type { Geometry as Geometries } from '../../inquiry/photos.js';
export type { ReviewItem, ReviewView as Review } from '../../inquiry/reviewView.js';
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

export type ReviewStatus = ReviewItem['status'];
export type ReviewList = z.output<typeof reviewPageSchema>;
export type QueryItem = ComparisonPage['items'][number];

export type Verification = ScoredView['verifications'][number];
export type VerificationVerdict = Verification['verdict'];
export type Pair = NonNullable<SearchView['pairs']>[number];
export type Candidate = NonNullable<SearchView['candidates']>[number];

export type Point = readonly [x: number, y: number];
export type PhotoName = keyof Geometries;
export type Geometry = NonNullable<Geometries[PhotoName]>;
export type Curves = CalibrationView['single']['curves'];
