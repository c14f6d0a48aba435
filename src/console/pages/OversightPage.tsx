import { type FormEvent, useState } from 'react';
import type { UseReport } from '../api/types.js';
import { useGet } from '../api/useGet.js';
import { useMe, useWords } from '../app/context.js';
import { goQuietly, usePlace } from '../app/route.js';
import { Figures } from '../oversight/Figures.js';
import { GroupBars } from '../oversight/GroupBars.js';
import { ModePanel } from '../oversight/ModePanel.js';
import { OutcomeColumns } from '../oversight/OutcomeColumns.js';
import { RateLine } from '../oversight/RateLine.js';
import { Trial } from '../oversight/Trial.js';
import { Field } from '../ui/Field.js';
import { Loaded } from '../ui/Loaded.js';
import { Page } from '../ui/Page.js';

const periods = ['day', 'month', 'year'] as const;
type Period = (typeof periods)[number];

/** How the service is used, for those who watch over it: figures, no records. */
export function OversightPage() {
  const words = useWords();
  const me = useMe();
  const { query } = usePlace();
  const asked = {
    from: query.get('from') ?? dayIn(-29),
    to: query.get('to') ?? dayIn(1),
    by: periods.find((one) => one === query.get('by')) ?? 'day',
  };
  const [from, setFrom] = useState(asked.from);
  const [to, setTo] = useState(asked.to);
  const [by, setBy] = useState<Period>(asked.by);
  const report = useGet<UseReport>(
    `/v1/reports/use?from=${encodeURIComponent(asked.from)}&to=${encodeURIComponent(asked.to)}&by=${asked.by}`,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    goQuietly(`/oversight?from=${from}&to=${to}&by=${by}`);
  };
  return (
    <Page title={words('oversight.title')}>
      {me.may('mode:read') && <ModePanel />}
      <form className="inline period" onSubmit={submit}>
        <Field label={words('oversight.from')}>
          <input type="date" required value={from} onChange={({ target }) => setFrom(target.value)} />
        </Field>
        <Field label={words('oversight.to')}>
          <input type="date" required value={to} onChange={({ target }) => setTo(target.value)} />
        </Field>
        <Field label={words('oversight.by')}>
          <select
            value={by}
            onChange={({ target }) => setBy(periods.find((one) => one === target.value) ?? 'month')}
          >
            {periods.map((one) => (
              <option key={one} value={one}>
                {words(`oversight.by.${one}`)}
              </option>
            ))}
          </select>
        </Field>
        <button type="submit">{words('oversight.show')}</button>
      </form>
      <Loaded got={report}>
        {(found) => (
          <>
            <div className="two-columns">
              <section className="panel">
                <h2>{words('oversight.outcomes')}</h2>
                <OutcomeColumns report={found} />
              </section>
              <section className="panel">
                <h2>{words('oversight.reviewRate')}</h2>
                <RateLine report={found} />
              </section>
            </div>
            <section className="panel">
              <h2>{words('oversight.groups')}</h2>
              <GroupBars report={found} />
            </section>
            {found.trial.length > 0 && (
              <section className="panel">
                <h2>{words('oversight.trial')}</h2>
                <Trial trial={found.trial} />
              </section>
            )}
            <section className="panel">
              <h2>{words('oversight.figures')}</h2>
              <p className="hint">
                {words('oversight.waiting', { ...found.waiting, count: found.waiting.reviews, oldest: '' })}
              </p>
              <Figures report={found} />
            </section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

const dayIn = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
