import type { Measures, UseReport } from '../api/types.js';
import { useWords } from '../app/context.js';
import { short } from './OutcomeColumns.js';

const shares: ReadonlySet<keyof Measures> = new Set(['reviewRate', 'hitRate']);
/** So many columns fit; the total covers the rest. */
const latest = 12;

export function Figures({ report }: { readonly report: UseReport }) {
  const words = useWords();
  const names = Object.keys(report.total) as (keyof Measures)[];
  const periods = report.periods.slice(-latest);
  const shown = (name: keyof Measures, measures: Measures) => {
    const value = measures[name];
    if (value === null) return '–';
    if (shares.has(name)) return words.percent(value);
    return words.number(value, Number.isInteger(value) ? 0 : 1);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section className="scrolls" tabIndex={0} aria-label={words('oversight.figures')}>
      <table className="plain figures">
        <thead>
          <tr>
            <th>{words('oversight.period')}</th>
            <th className="number">{words('oversight.total')}</th>
            {periods.map(({ period }) => (
              <th key={period} className="number">
                {short(period)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row">{words(`oversight.measure.${name}`)}</th>
              <td className="number">
                <strong>{shown(name, report.total)}</strong>
              </td>
              {periods.map((measures) => (
                <td key={measures.period} className="number">
                  {shown(name, measures)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
