import { type FormEvent, useId, useState } from 'react';
import type { VerificationVerdict, Verification as Verified } from '../api/types.js';
import { useApi, useMe, useWords } from '../app/context.js';
import { cleanText } from '../ui/cleanText.js';
import { Failure } from '../ui/Failure.js';
import { Field } from '../ui/Field.js';
import { Tag } from '../ui/Tag.js';
import { useSend } from '../ui/useSend.js';

const choices: readonly VerificationVerdict[] = ['same-person', 'different-person', 'unsure'];
const wording = {
  'same-person': 'verdict.same-person',
  'different-person': 'verdict.different-person',
  unsure: 'verdict.unsure',
} as const;

/** A candidate is only a likeness until two people have looked at it, each on their own. */
export function Verification({
  path,
  verifications,
  onVerified,
}: {
  readonly path: string;
  readonly verifications: readonly Verified[];
  readonly onVerified: () => void;
}) {
  const api = useApi();
  const words = useWords();
  const me = useMe();
  const name = useId();
  const [verdict, setVerdict] = useState<VerificationVerdict>();
  const [reason, setReason] = useState('');
  const { busy, error, send } = useSend();
  const mine = verifications.find(({ person }) => person === me.person);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (verdict === undefined) return;
    void send(() => api.post(path, { verdict, reason: cleanText(reason) })).then((done) => {
      if (done) onVerified();
    });
  };
  return (
    <div className="verification">
      {verifications.length > 0 && (
        <ul>
          {verifications.map((one) => (
            <li key={one.person}>
              {one === mine ? words('queue.you') : one.person}:{' '}
              <Tag tone={one.verdict === 'same-person' ? 'bad' : 'plain'}>{words(wording[one.verdict])}</Tag>
            </li>
          ))}
        </ul>
      )}
      {mine === undefined && verifications.length < 2 && me.may('documents:read') && (
        <details>
          <summary>{words('search.verify')}</summary>
          <form onSubmit={submit} className="stack">
            <p className="hint">{words('search.verifyNote')}</p>
            <fieldset className="choices">
              <legend className="visually-hidden">{words('search.verify')}</legend>
              {choices.map((one) => (
                <label key={one} className="choice">
                  <input
                    type="radio"
                    name={name}
                    required
                    checked={verdict === one}
                    onChange={() => setVerdict(one)}
                  />
                  {words(wording[one])}
                </label>
              ))}
            </fieldset>
            <Field label={words('search.reason')}>
              <input
                required
                maxLength={1000}
                value={reason}
                onChange={({ target }) => setReason(target.value)}
              />
            </Field>
            {error !== undefined && <Failure error={error} />}
            <button type="submit" disabled={busy}>
              {words('review.give')}
            </button>
          </form>
        </details>
      )}
    </div>
  );
}
