import { type FormEvent, useState } from 'react';
import { useWords } from '../app/context.js';
import { verdicts } from '../review/verdicts.js';
import { Field } from '../ui/Field.js';
import { outcomes, reasonCodes } from './choices.js';

const empty = {
  outcome: '',
  reason: '',
  office: '',
  from: '',
  until: '',
  documentNumber: '',
  registerNumber: '',
  verdict: '',
  least: '',
  most: '',
};
type Typed = typeof empty;

/** The body of `POST /v1/comparisons/query`, without what was left open. */
export type Asked = Readonly<Record<string, unknown>>;

export function QueryForm({
  busy,
  onAsk,
}: {
  readonly busy: boolean;
  onAsk(asked: Asked): (event: FormEvent) => void;
}) {
  const words = useWords();
  const [typed, setTyped] = useState(empty);
  const field = (name: keyof Typed) => ({
    value: typed[name],
    onChange: ({ target }: { target: { value: string } }) => setTyped({ ...typed, [name]: target.value }),
  });
  return (
    <form className="query" onSubmit={onAsk(askedOf(typed))}>
      <Field label={words('query.outcome')}>
        <select {...field('outcome')}>
          <option value="">{words('query.any')}</option>
          {outcomes.map((outcome) => (
            <option key={outcome} value={outcome}>
              {words(`outcome.${outcome}`)}
            </option>
          ))}
        </select>
      </Field>
      <Field label={words('query.reason')}>
        <select {...field('reason')}>
          <option value="">{words('query.any')}</option>
          {reasonCodes.map((code) => (
            <option key={code} value={code}>
              {words(`reason.${code}`)}
            </option>
          ))}
        </select>
      </Field>
      <Field label={words('query.verdict')}>
        <select {...field('verdict')}>
          <option value="">{words('query.any')}</option>
          {verdicts.map((verdict) => (
            <option key={verdict} value={verdict}>
              {words(`verdict.${verdict}`)}
            </option>
          ))}
        </select>
      </Field>
      <Field label={words('query.office')}>
        <input maxLength={100} {...field('office')} />
      </Field>
      <Field label={words('query.from')}>
        <input type="date" {...field('from')} />
      </Field>
      <Field label={words('query.until')}>
        <input type="date" {...field('until')} />
      </Field>
      <Field label={words('query.document')}>
        <input maxLength={40} autoComplete="off" {...field('documentNumber')} />
      </Field>
      <Field label={words('query.register')}>
        <input maxLength={20} autoComplete="off" inputMode="numeric" {...field('registerNumber')} />
      </Field>
      <Field label={words('query.scoreMin')}>
        <input type="number" min={-1} max={1} step={0.01} {...field('least')} />
      </Field>
      <Field label={words('query.scoreMax')}>
        <input type="number" min={-1} max={1} step={0.01} {...field('most')} />
      </Field>
      <div className="query-actions">
        <button type="submit" className="primary" disabled={busy}>
          {words('query.submit')}
        </button>
        <button type="button" onClick={() => setTyped(empty)}>
          {words('query.clear')}
        </button>
      </div>
    </form>
  );
}

function askedOf({ least, most, from, until, ...rest }: Typed): Asked {
  const plain = Object.entries(rest).filter(([, value]) => value.trim() !== '');
  return {
    ...Object.fromEntries(plain.map(([name, value]) => [name, value.trim()])),
    ...(from !== '' && { from }),
    ...(until !== '' && { until: dayAfter(until) }),
    ...((least !== '' || most !== '') && {
      score: { ...(least !== '' && { min: Number(least) }), ...(most !== '' && { max: Number(most) }) },
    }),
  };
}

/** The service takes the end as the first day that does not count; people mean the last that does. */
const dayAfter = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
