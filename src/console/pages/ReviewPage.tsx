import { useState } from 'react';
import type { ComparisonAnswer, Review } from '../api/types.js';
import { useGet } from '../api/useGet.js';
import { useMe, useWords } from '../app/context.js';
import { AddToInquiry } from '../review/AddToInquiry.js';
import { EvidenceView } from '../review/Evidence.js';
import { History } from '../review/History.js';
import { statusTones } from '../review/QueueTable.js';
import { ReviewActions } from '../review/ReviewActions.js';
import type { Verdict } from '../review/verdicts.js';
import { Loaded } from '../ui/Loaded.js';
import { Page } from '../ui/Page.js';
import { Tag } from '../ui/Tag.js';

/** A comparison in the queue: what a person should look at, and their verdict on it. */
export function ReviewPage({ id }: { readonly id: string }) {
  const words = useWords();
  const me = useMe();
  const review = useGet<Review>(`/v1/reviews/${id}`);
  const comparison = useGet<ComparisonAnswer>(
    review.data === undefined ? null : `/v1/comparisons/${review.data.comparisonId}`,
  );
  const [given, setGiven] = useState<Verdict>();
  return (
    <Page
      title={words('comparison.of', { application: comparison.data?.applicationId ?? '…' })}
      back={{ href: '#/queue', label: words('queue.title') }}
      beside={
        review.data !== undefined && (
          <div className="beside">
            <Tag tone={statusTones[review.data.status]}>{words(`status.${review.data.status}`)}</Tag>
            {me.may('inquiries:write') && <AddToInquiry comparisonId={review.data.comparisonId} />}
          </div>
        )
      }
    >
      <Loaded got={review}>
        {(found) => (
          <Loaded got={comparison}>
            {(answer) => (
              <EvidenceView
                answer={answer}
                aside={
                  <ReviewActions
                    review={found}
                    given={given}
                    onChanged={review.reload}
                    onGiven={(verdict) => {
                      setGiven(verdict);
                      review.reload();
                    }}
                  />
                }
                below={
                  <section className="panel">
                    <h2>{words('review.history')}</h2>
                    <History history={found.history} />
                  </section>
                }
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}
