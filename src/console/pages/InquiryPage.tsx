import type { Inquiry } from '../api/types.js';
import { useGet } from '../api/useGet.js';
import { useApp, useMe } from '../app/context.js';
import { AskSearch } from '../inquiry/AskSearch.js';
import { InquiryHistory } from '../inquiry/InquiryHistory.js';
import { ManageInquiry } from '../inquiry/ManageInquiry.js';
import { Records } from '../inquiry/Records.js';
import { Searches } from '../inquiry/Searches.js';
import { inquiryTones } from '../inquiry/tones.js';
import { useActing } from '../inquiry/useActing.js';
import { Loaded } from '../ui/Loaded.js';
import { Page } from '../ui/Page.js';
import { Tag } from '../ui/Tag.js';

export function InquiryPage({ id }: { readonly id: string }) {
  const { words, acting, actWithin } = useApp();
  const me = useMe();
  const inquiry = useGet<Inquiry>(`/v1/inquiries/${id}`);
  const { data, reload } = inquiry;
  useActing(id);
  const member = data !== undefined && me.person !== null && data.members.includes(me.person);
  return (
    <Page
      title={data?.reference ?? '…'}
      back={{ href: '#/inquiries', label: words('inquiries.title') }}
      beside={
        data !== undefined && (
          <div className="beside">
            <Tag tone={inquiryTones[data.status]}>{words(`inquiries.status.${data.status}`)}</Tag>
            {data.status === 'open' &&
              member &&
              (acting?.inquiryId === id ? (
                <span className="quiet">{words('inquiry.acting')}</span>
              ) : (
                <button type="button" onClick={() => actWithin(data)}>
                  {words('inquiry.act')}
                </button>
              ))}
          </div>
        )
      }
    >
      <Loaded got={inquiry}>
        {(found) => (
          <div className="panels">
            <div className="panel-column wide">
              <section className="panel">
                <h2>{words('inquiries.records')}</h2>
                <Records inquiry={found} />
              </section>
              <section className="panel">
                <h2>{words('inquiries.searches')}</h2>
                <Searches searches={found.searches} />
                {found.status === 'open' && member && me.may('searches:request') && (
                  <AskSearch inquiry={found} onAsked={reload} />
                )}
              </section>
            </div>
            <div className="panel-column">
              <section className="panel">
                <dl className="pairs">
                  <dt>{words('inquiries.purpose')}</dt>
                  <dd>{found.purpose}</dd>
                  <dt>{words('inquiries.ground')}</dt>
                  <dd>{found.ground}</dd>
                  <dt>{words('inquiries.members')}</dt>
                  <dd>{found.members.join(', ')}</dd>
                  <dt>{words('inquiries.endsAt')}</dt>
                  <dd>{words.day(found.endsAt)}</dd>
                  {found.outcome !== null && (
                    <>
                      <dt>{words('inquiry.outcome')}</dt>
                      <dd>{found.outcome}</dd>
                    </>
                  )}
                </dl>
                <p className="hint">
                  {words('inquiry.opened', { person: found.openedBy, at: words.moment(found.openedAt) })}
                </p>
              </section>
              <section className="panel">
                <h2>{words('review.history')}</h2>
                <InquiryHistory history={found.history} />
              </section>
              {me.may('inquiries:write') && found.status !== 'closed' && (
                <ManageInquiry inquiry={found} onChanged={reload} />
              )}
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
