import type { Review } from '../api/types.js';
import { useApi, useApp, useMe } from '../app/context.js';
import { useShortcuts } from '../app/shortcuts.js';
import { Failure } from '../ui/Failure.js';
import { Note } from '../ui/Note.js';
import { useSend } from '../ui/useSend.js';
import { VerdictForm } from './VerdictForm.js';
import type { Verdict } from './verdicts.js';

/** What this person can do with the review as it stands now: take it, judge it, give it back, or read its result. */
export function ReviewActions({
  review,
  given,
  onChanged,
  onGiven,
}: {
  readonly review: Review;
  readonly given: Verdict | undefined;
  onChanged(): void;
  onGiven(verdict: Verdict): void;
}) {
  const api = useApi();
  const { words, shortcuts } = useApp();
  const me = useMe();
  const { busy, error, send } = useSend();
  const { reviewId, status, verdict, yours } = review;
  const act = (what: 'claim' | 'release') => () =>
    void send(() => api.post(`/v1/reviews/${reviewId}/${what}`, {})).then(onChanged);
  const open = status === 'waiting' || status === 'second-waiting';
  const settles = status === 'disputed' && me.may('reviews:settle');
  const mayClaim = (open && me.may('reviews:work') && yours === null) || settles;
  const holds = review.claimedBy !== null && review.claimedBy === me.person;
  useShortcuts({ c: mayClaim && !busy ? act('claim') : undefined });

  if (verdict !== null) {
    return (
      <section className="actions-panel">
        <Note kind={verdict === 'same-person' ? 'good' : 'warning'}>
          <strong>{words('review.result', { verdict: words(`verdict.${verdict}`) })}</strong>
        </Note>
        <Onward />
      </section>
    );
  }
  return (
    <section className="actions-panel">
      {given !== undefined && !holds && (
        <>
          <Note kind="good">{words('review.given', { verdict: words(`verdict.${given}`) })}</Note>
          <Onward />
        </>
      )}
      {status === 'second-waiting' && yours === null && me.may('reviews:work') && (
        <p>{words('review.second')}</p>
      )}
      {open && yours !== null && given === undefined && <p>{words('review.notForYou')}</p>}
      {status === 'disputed' && !settles && <p>{words('review.forSupervisor')}</p>}
      {review.claimedBy !== null && !holds && <p>{words('review.heldBy', { person: review.claimedBy })}</p>}
      {error !== undefined && <Failure error={error} />}
      {mayClaim && (
        <button type="button" className="primary wide" disabled={busy} onClick={act('claim')}>
          {words('review.claim')} {shortcuts && <kbd>C</kbd>}
        </button>
      )}
      {holds && (
        <>
          <VerdictForm key={reviewId} reviewId={reviewId} settling={status === 'settling'} onDone={onGiven} />
          <button type="button" className="link" disabled={busy} onClick={act('release')}>
            {words('review.release')}
          </button>
        </>
      )}
    </section>
  );
}

function Onward() {
  const { words } = useApp();
  return (
    <a className="button" href="#/queue">
      {words('review.back')}
    </a>
  );
}
