import { useState } from 'react';
import type { Inquiry, List } from '../api/types.js';
import { useGet } from '../api/useGet.js';
import { useMe, useWords } from '../app/context.js';
import { go } from '../app/route.js';
import { OpenInquiryForm } from '../inquiry/OpenInquiryForm.js';
import { inquiryTones } from '../inquiry/tones.js';
import { Dialog } from '../ui/Dialog.js';
import { Loaded } from '../ui/Loaded.js';
import { MorePages } from '../ui/MorePages.js';
import { Page } from '../ui/Page.js';
import { Tag } from '../ui/Tag.js';

const path = '/v1/inquiries?limit=50';

export function InquiriesPage() {
  const words = useWords();
  const me = useMe();
  const [opening, setOpening] = useState(false);
  const inquiries = useGet<List<Inquiry>>(path);
  return (
    <Page
      title={words('inquiries.title')}
      beside={
        me.may('inquiries:write') && (
          <button type="button" className="primary" onClick={() => setOpening(true)}>
            {words('inquiries.open')}
          </button>
        )
      }
    >
      {opening && (
        <Dialog title={words('inquiries.open')} onClose={() => setOpening(false)}>
          <OpenInquiryForm onOpened={(id) => go(`/inquiries/${id}`)} />
        </Dialog>
      )}
      <Loaded got={inquiries}>
        {(list) => (
          <MorePages path={path} first={list}>
            {(items) =>
              items.length === 0 ? (
                <p className="empty">{words('inquiries.empty')}</p>
              ) : (
                <InquiryTable items={items} />
              )
            }
          </MorePages>
        )}
      </Loaded>
    </Page>
  );
}

function InquiryTable({ items }: { readonly items: readonly Inquiry[] }) {
  const words = useWords();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{words('inquiries.reference')}</th>
          <th>{words('inquiries.purpose')}</th>
          <th>{words('inquiries.members')}</th>
          <th className="number">{words('inquiries.records')}</th>
          <th>{words('inquiries.endsAt')}</th>
          <th>{words('inquiries.status')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((inquiry) => (
          <tr key={inquiry.inquiryId}>
            <td>
              <a className="row-link" href={`#/inquiries/${inquiry.inquiryId}`}>
                {inquiry.reference}
              </a>
            </td>
            <td>{inquiry.purpose}</td>
            <td>{inquiry.members.join(', ')}</td>
            <td className="number">{inquiry.records.length}</td>
            <td>{words.day(inquiry.endsAt)}</td>
            <td>
              <Tag tone={inquiryTones[inquiry.status]}>{words(`inquiries.status.${inquiry.status}`)}</Tag>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
