import type { Inquiry } from '../api/types.js';
import { useApp, useMe } from '../app/context.js';
import { Thumbnail } from '../photos/Thumbnail.js';

/** What the inquiry holds. Who may look opens it from here, within the inquiry. */
export function Records({ inquiry }: { readonly inquiry: Inquiry }) {
  const { words, acting } = useApp();
  const me = useMe();
  if (inquiry.records.length === 0) return <p className="empty">{words('inquiry.noRecords')}</p>;
  const within = acting?.inquiryId === inquiry.inquiryId;
  return (
    <>
      <ul className="records">
        {inquiry.records.map((record) => {
          const { kind, id } = record;
          const opens = kind === 'comparison' && me.may('comparisons:read');
          const photo =
            kind === 'comparison'
              ? me.may('comparisons:evidence') && `/v1/comparisons/${id}/photos/probe`
              : me.may('documents:read') && `/v1/documents/${id}/photo`;
          return (
            <li key={`${kind} ${id}`}>
              {within && photo !== false && <Thumbnail path={photo} alt="" />}
              <div>
                {opens ? (
                  <a href={`#/comparisons/${id}`}>
                    {words(`inquiry.kind.${kind}`)} <span className="mono">{id.slice(0, 8)}</span>
                  </a>
                ) : (
                  <span>
                    {words(`inquiry.kind.${kind}`)} <span className="mono">{id.slice(0, 8)}</span>
                  </span>
                )}
                <p className="hint">
                  {words('inquiry.added', { person: record.addedBy, at: words.moment(record.addedAt) })}
                </p>
                <p>{record.reason}</p>
              </div>
            </li>
          );
        })}
      </ul>
      <p className="hint">{words('inquiry.held')}</p>
    </>
  );
}
