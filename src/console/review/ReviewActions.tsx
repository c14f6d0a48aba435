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
  const { reviewId, status, verdict, yours, claimable, holdsYou } = review;
  const act = (what: 'claim' | 'release') => () =>
    void send(() => api.post(`/v1/reviews/${reviewId}/${what}`, {})).then(onChanged);
  const claim = act('claim');
  useShortcuts({ c: claimable && !busy ? claim : undefined });

  if (status === 'done') {
    return (
      <section className="actions-panel">
        <Note kind={verdict === 'different-person' ? 'warning' : 'good'}>
          <strong>
            {verdict === null
              ? words('review.withdrawn')
              : words('review.result', { verdict: words(`verdict.${verdict}`) })}
          </strong>
        </Note>
        <Onward />
      </section>
    );
  }
  const works = me.may('reviews:work');
  const open = status === 'waiting' || status === 'second-waiting';
  const taken = status === 'claimed' || status === 'second-claimed' || status === 'settling';
  return (
    <section className="actions-panel">
      {given !== undefined && !holdsYou && (
        <>
          <Note kind="good">{words('review.given', { verdict: words(`verdict.${given}`) })}</Note>
          <Onward />
        </>
      )}
      {status === 'second-waiting' && claimable && <p>{words('review.second')}</p>}
      {open && works && yours !== null && given === undefined && <p>{words('review.notForYou')}</p>}
      {status === 'disputed' && !claimable && <p>{words('review.forSupervisor')}</p>}
      {taken && !holdsYou && <p>{words('review.held')}</p>}
      {error !== undefined && <Failure error={error} />}
      {claimable && (
        <button type="button" className="primary wide" disabled={busy} onClick={claim}>
          {words('review.claim')} {shortcuts && <kbd>C</kbd>}
        </button>
      )}
      {holdsYou && (
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
