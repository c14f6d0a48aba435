import { type FormEvent, type ReactNode, useState } from 'react';
import type { Inquiry } from '../api/types.js';
import { useApi, useWords } from '../app/context.js';
import type { MessageKey } from '../messages/messages.js';
import { cleanText } from '../ui/cleanText.js';
import { Failure } from '../ui/Failure.js';
import { Field } from '../ui/Field.js';
import { useSend } from '../ui/useSend.js';

/** Members, end and closure: each with its reason. */
export function ManageInquiry({
  inquiry,
  onChanged,
}: {
  readonly inquiry: Inquiry;
  readonly onChanged: () => void;
}) {
  const words = useWords();
  const [member, setMember] = useState('');
  const [leaving, setLeaving] = useState(inquiry.members[0] ?? '');
  const [end, setEnd] = useState(inquiry.endsAt.slice(0, 10));
  const [outcome, setOutcome] = useState('');
  const path = `/v1/inquiries/${inquiry.inquiryId}`;
  return (
    <section className="panel manage">
      <h2>{words('inquiry.manage')}</h2>
      <Change
        label="inquiry.addMember"
        path={`${path}/members`}
        body={() => ({ add: [cleanText(member)] })}
        onChanged={onChanged}
      >
        <Field label={words('inquiry.member')}>
          <input required maxLength={256} value={member} onChange={({ target }) => setMember(target.value)} />
        </Field>
      </Change>
      {inquiry.members.length > 1 && (
        <Change
          label="inquiry.remove"
          path={`${path}/members`}
          body={() => ({ remove: [leaving] })}
          onChanged={onChanged}
        >
          <Field label={words('inquiry.member')}>
            <select value={leaving} onChange={({ target }) => setLeaving(target.value)}>
              {inquiry.members.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </Field>
        </Change>
      )}
      <Change
        label="inquiry.extend"
        path={`${path}/extension`}
        body={() => ({ endsAt: `${end}T00:00:00Z` })}
        onChanged={onChanged}
      >
        <Field label={words('inquiry.newEnd')}>
          <input
            type="date"
            required
            min={inquiry.endsAt.slice(0, 10)}
            value={end}
            onChange={({ target }) => setEnd(target.value)}
          />
        </Field>
      </Change>
      <Change
        label="inquiry.close"
        path={`${path}/closure`}
        body={() => ({ outcome: cleanText(outcome) })}
        onChanged={onChanged}
      >
        <p className="hint">{words('inquiry.closeNote')}</p>
        <Field label={words('inquiry.outcome')}>
          <input
            required
            maxLength={200}
            value={outcome}
            onChange={({ target }) => setOutcome(target.value)}
          />
        </Field>
      </Change>
    </section>
  );
}

function Change({
  label,
  path,
  body,
  onChanged,
  children,
}: {
  readonly label: MessageKey;
  readonly path: string;
  readonly body: () => object;
  readonly onChanged: () => void;
  readonly children: ReactNode;
}) {
  const api = useApi();
  const words = useWords();
  const [reason, setReason] = useState('');
  const { busy, error, send } = useSend();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(() => api.post(path, { ...body(), reason: cleanText(reason) })).then((done) => {
      if (!done) return;
      setReason('');
      onChanged();
    });
  };
  return (
    <details>
      <summary>{words(label)}</summary>
      <form onSubmit={submit} className="stack">
        {children}
        <Field label={words('inquiry.reason')}>
          <input
            required
            maxLength={1000}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        </Field>
        {error !== undefined && <Failure error={error} />}
        <button type="submit" disabled={busy}>
          {words(label)}
        </button>
      </form>
    </details>
  );
}
