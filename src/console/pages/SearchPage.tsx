import { useEffect } from 'react';
import type { Search } from '../api/types.js';
import { useGet } from '../api/useGet.js';
import { useMe, useWords } from '../app/context.js';
import { Approval } from '../inquiry/Approval.js';
import { Candidates } from '../inquiry/Candidates.js';
import { Pairs } from '../inquiry/Pairs.js';
import { searchTones } from '../inquiry/tones.js';
import { useActing } from '../inquiry/useActing.js';
import { Loaded } from '../ui/Loaded.js';
import { Note } from '../ui/Note.js';
import { Page } from '../ui/Page.js';
import { Tag } from '../ui/Tag.js';

const pollEveryMs = 1500;

export function SearchPage({ id }: { readonly id: string }) {
  const words = useWords();
  const me = useMe();
  const search = useGet<Search>(`/v1/searches/${id}`);
  const { data, reload } = search;
  const settled = useActing(data?.inquiryId);
  const running = data?.status === 'running';
  useEffect(() => {
    if (!running) return;
    const timer = window.setInterval(reload, pollEveryMs);
    return () => window.clearInterval(timer);
  }, [running, reload]);
  return (
    <Page
      title={words(data?.kind === 'sweep' ? 'search.sweepTitle' : 'search.title')}
      {...(data !== undefined && {
        back: { href: `#/inquiries/${data.inquiryId}`, label: words('search.back') },
      })}
      beside={
        data !== undefined && (
          <Tag tone={searchTones[data.status]}>{words(`search.status.${data.status}`)}</Tag>
        )
      }
    >
      <Loaded got={search}>
        {(found) => (
          <>
            <section className="panel facts">
              <p>{found.reason}</p>
              <p className="hint">
                {words('search.requestedBy', {
                  person: found.requestedBy,
                  at: words.moment(found.requestedAt),
                })}
                {found.decidedBy !== null && <> · {words('search.decidedBy', { person: found.decidedBy })}</>}
                {found.store !== null && (
                  <> · {words('search.store', { documents: words.number(found.store.documents) })}</>
                )}
              </p>
              {running && (
                <p role="status">
                  <progress max={1} value={found.progress ?? 0} aria-label={words('search.status.running')} />{' '}
                  {words('search.progress', { percent: words.percent(found.progress ?? 0) })}
                </p>
              )}
              {found.mode === 'trial' && <Note kind="warning">{words('search.trial')}</Note>}
              {found.ground !== null && (
                <p className="hint">
                  {words('search.ground')}: {found.ground}
                </p>
              )}
              {found.error !== null && <Note kind="refusal">{found.error}</Note>}
            </section>
            {found.status === 'requested' &&
              me.may('searches:approve') &&
              (found.requestedBy === me.person ? (
                <Note>{words('search.notYourself')}</Note>
              ) : (
                <Approval searchId={id} onDecided={reload} />
              ))}
            {settled && found.status === 'done' && found.candidates !== undefined && (
              <Candidates search={found} candidates={found.candidates} onVerified={reload} />
            )}
            {settled && found.status === 'done' && found.pairs !== undefined && (
              <Pairs search={found} pairs={found.pairs} onVerified={reload} />
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}
