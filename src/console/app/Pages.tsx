import type { ReactNode } from 'react';
import type { Scope } from '../api/types.js';
import { ComparisonPage } from '../pages/ComparisonPage.js';
import { InquiriesPage } from '../pages/InquiriesPage.js';
import { InquiryPage } from '../pages/InquiryPage.js';
import { OversightPage } from '../pages/OversightPage.js';
import { QueryPage } from '../pages/QueryPage.js';
import { QueuePage } from '../pages/QueuePage.js';
import { ReviewPage } from '../pages/ReviewPage.js';
import { SearchPage } from '../pages/SearchPage.js';
import { Note } from '../ui/Note.js';
import { useMe, useWords } from './context.js';
import { doors } from './doors.js';
import { usePlace } from './route.js';

/** The page of the address, where the person's role opens it. */
export function Pages() {
  const { parts } = usePlace();
  const me = useMe();
  const words = useWords();
  const first = doors.find(({ scope }) => me.may(scope))?.path;
  const [page = first, id] = parts;
  const behind = (scope: Scope, content: ReactNode) =>
    me.may(scope) ? content : <Note kind="refusal">{words('app.forbidden')}</Note>;
  if (page === undefined) return <Note>{words('nav.noDoor')}</Note>;
  if (id === undefined) {
    if (page === 'queue') return behind('reviews:read', <QueuePage />);
    if (page === 'comparisons') return behind('comparisons:query', <QueryPage />);
    if (page === 'inquiries') return behind('inquiries:read', <InquiriesPage />);
    if (page === 'oversight') return behind('reports:read', <OversightPage />);
  } else {
    if (page === 'reviews') return behind('reviews:read', <ReviewPage key={id} id={id} />);
    if (page === 'comparisons') return behind('comparisons:read', <ComparisonPage key={id} id={id} />);
    if (page === 'inquiries') return behind('inquiries:read', <InquiryPage key={id} id={id} />);
    if (page === 'searches') return behind('searches:read', <SearchPage key={id} id={id} />);
  }
  return <Note>{words('app.notFound')}</Note>;
}
