import type { ComparisonAnswer } from '../api/types.js';
import { useGet } from '../api/useGet.js';
import { useMe, useWords } from '../app/context.js';
import { AddToInquiry } from '../review/AddToInquiry.js';
import { EvidenceView } from '../review/Evidence.js';
import { Loaded } from '../ui/Loaded.js';
import { Page } from '../ui/Page.js';

/** A comparison outside of its review. */
export function ComparisonPage({ id }: { readonly id: string }) {
  const words = useWords();
  const me = useMe();
  const comparison = useGet<ComparisonAnswer>(`/v1/comparisons/${id}`);
  const { data } = comparison;
  return (
    <Page
      title={words('comparison.of', { application: data?.applicationId ?? '…' })}
      {...(me.may('comparisons:query') && {
        back: { href: '#/comparisons', label: words('query.title') },
      })}
      beside={
        data !== undefined && (
          <div className="beside">
            <span className="quiet">{words('comparison.at', { at: words.moment(data.comparedAt) })}</span>
            {data.review !== undefined && me.may('reviews:read') && (
              <a className="button" href={`#/reviews/${data.review.reviewId}`}>
                {words('comparison.toReview')}
              </a>
            )}
            {me.may('inquiries:write') && <AddToInquiry comparisonId={id} />}
          </div>
        )
      }
    >
      <Loaded got={comparison}>{(answer) => <EvidenceView answer={answer} />}</Loaded>
    </Page>
  );
}
