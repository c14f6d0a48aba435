import { type FormEvent, type KeyboardEvent, useId, useRef, useState } from 'react';
import { useApi, useApp } from '../app/context.js';
import { useShortcuts } from '../app/shortcuts.js';
import { cleanText } from '../ui/cleanText.js';
import { Failure } from '../ui/Failure.js';
import { useSend } from '../ui/useSend.js';
import { type Verdict, verdictKeys, verdicts } from './verdicts.js';

/** A verdict with its reason. The keys choose; nothing is sent before a person says so. */
export function VerdictForm({
  reviewId,
  settling,
  onDone,
}: {
  readonly reviewId: string;
  readonly settling: boolean;
  readonly onDone: (verdict: Verdict) => void;
}) {
  const api = useApi();
  const { words, shortcuts } = useApp();
  const name = useId();
  const form = useRef<HTMLFormElement>(null);
  const reasonField = useRef<HTMLTextAreaElement>(null);
  const [verdict, setVerdict] = useState<Verdict>();
  const [reason, setReason] = useState('');
  const [since] = useState(() => performance.now());
  const { busy, error, send } = useSend();
  const offered: readonly Verdict[] = settling ? verdicts.filter((one) => one !== 'escalate') : verdicts;
  const choose = (one: Verdict) => () => {
    if (offered.includes(one)) setVerdict(one);
  };
  useShortcuts({
    ...Object.fromEntries(verdictKeys.map(([key, one]) => [key, choose(one)])),
    r: () => reasonField.current?.focus(),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (verdict === undefined) return;
    const timeSpentSeconds = Math.round((performance.now() - since) / 1000);
    void send(() =>
      api.post(`/v1/reviews/${reviewId}/verdict`, { verdict, reason: cleanText(reason), timeSpentSeconds }),
    ).then((done) => {
      if (done) onDone(verdict);
    });
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
  };
  return (
    <form className="verdict" onSubmit={submit} ref={form}>
      <fieldset>
        <legend>{words(settling ? 'review.settle' : 'review.verdict')}</legend>
        <div className="verdict-choices">
          {verdictKeys
            .filter(([, one]) => offered.includes(one))
            .map(([key, one]) => (
              <label key={one} className={`verdict-choice ${one}`}>
                <input
                  type="radio"
                  name={name}
                  required
                  checked={verdict === one}
                  onChange={() => setVerdict(one)}
                />
                <span>{words(`verdict.${one}`)}</span>
                {shortcuts && <kbd>{key.toUpperCase()}</kbd>}
              </label>
            ))}
        </div>
      </fieldset>
      <label className="field">
        <span className="label">{words('review.reason')}</span>
        <textarea
          ref={reasonField}
          required
          maxLength={1000}
          rows={3}
          value={reason}
          placeholder={words('review.reasonHint')}
          onChange={({ target }) => setReason(target.value)}
          onKeyDown={keys}
        />
      </label>
      {error !== undefined && <Failure error={error} />}
      <button type="submit" className="primary wide" disabled={busy}>
        {words('review.give')}
      </button>
    </form>
  );
}
