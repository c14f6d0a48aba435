import { type FormEvent, useState } from 'react';
import { useApi, useWords } from '../app/context.js';
import { cleanText } from '../ui/cleanText.js';
import { Failure } from '../ui/Failure.js';
import { Field } from '../ui/Field.js';
import { useSend } from '../ui/useSend.js';

export function Approval({
  searchId,
  onDecided,
}: {
  readonly searchId: string;
  readonly onDecided: () => void;
}) {
  const api = useApi();
  const words = useWords();
  const [reason, setReason] = useState('');
  const { busy, error, send } = useSend();
  const decide = (approve: boolean) =>
    void send(() =>
      api.post(`/v1/searches/${searchId}/approval`, { approve, reason: cleanText(reason) }),
    ).then((done) => {
      if (done) onDecided();
    });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const button = (event.nativeEvent as SubmitEvent).submitter;
    decide(button?.getAttribute('value') !== 'refuse');
  };
  return (
    <section className="panel">
      <h2>{words('search.approval')}</h2>
      <p>{words('search.approvalNote')}</p>
      <form onSubmit={submit} className="stack">
        <Field label={words('search.reason')}>
          <textarea
            required
            rows={2}
            maxLength={1000}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        </Field>
        {error !== undefined && <Failure error={error} />}
        <div className="buttons">
          <button type="submit" value="approve" className="primary" disabled={busy}>
            {words('search.approve')}
          </button>
          <button type="submit" value="refuse" disabled={busy}>
            {words('search.refuse')}
          </button>
        </div>
      </form>
    </section>
  );
}
