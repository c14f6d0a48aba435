import type { ComparisonAnswer } from '../api/types.js';
import { useWords } from '../app/context.js';
import { Tag, type Tone } from '../ui/Tag.js';

const tones: Readonly<Record<string, Tone>> = {
  consistent: 'good',
  review: 'look',
  'not-comparable': 'quiet',
};

/** Why a person has to look, in the service's own words. */
export function Findings({ answer }: { readonly answer: ComparisonAnswer }) {
  const words = useWords();
  const outcome = answer.outcome ?? 'trial';
  return (
    <section className="findings" aria-label={words('comparison.findings')}>
      <p className="outcome">
        <Tag tone={tones[outcome] ?? 'plain'}>{words(`outcome.${outcome}`)}</Tag>
      </p>
      {answer.reasons.length === 0 && <p>{answer.text}</p>}
      <ul className="reasons">
        {answer.reasons.map(({ code, text }) => (
          <li key={code}>
            <strong>{words(`reason.${code}`)}.</strong> {text}
          </li>
        ))}
      </ul>
      {answer.notices.length > 0 && (
        <ul className="notices">
          {answer.notices.map(({ code, text }) => (
            <li key={code}>{text}</li>
          ))}
        </ul>
      )}
      {answer.reevaluations?.map(({ at, outcome: later }) => (
        <p key={at} className="hint">
          {words('comparison.reevaluated', {
            at: words.moment(at),
            outcome: later === null ? '–' : words(`outcome.${later}`),
          })}
        </p>
      ))}
    </section>
  );
}
