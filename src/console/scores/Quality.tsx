import type { ComparisonAnswer, Evidence } from '../api/types.js';
import { useWords } from '../app/context.js';
import { Tag } from '../ui/Tag.js';

/** What is wrong with the photo first; every measure on request (names of ISO/IEC 29794-5). */
export function Quality({
  advice,
  measured,
}: {
  readonly advice: ComparisonAnswer['quality'];
  readonly measured: Evidence['quality'];
}) {
  const words = useWords();
  const rows = Object.entries(measured?.components ?? {});
  return (
    <>
      {advice.length === 0 ? (
        <p>{words(measured === undefined ? 'quality.none' : 'quality.fine')}</p>
      ) : (
        <ul className="advice">
          {advice.map(({ component, text }) => (
            <li key={component}>{text}</li>
          ))}
        </ul>
      )}
      {measured !== undefined && (
        <details>
          <summary>{words('quality.all')}</summary>
          <table className="plain">
            <thead>
              <tr>
                <th>{words('quality.measure')}</th>
                <th className="number">{words('quality.value')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {measured.unified !== undefined && (
                <QualityRow name={words('quality.unified')} measure={measured.unified} />
              )}
              {rows.map(([name, measure]) => (
                <QualityRow key={name} name={name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')} measure={measure} />
              ))}
            </tbody>
          </table>
        </details>
      )}
    </>
  );
}

function QualityRow({
  name,
  measure,
}: {
  readonly name: string;
  readonly measure: { readonly score?: number | undefined; readonly withinLimit: boolean };
}) {
  const words = useWords();
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="number">{measure.score ?? '–'}</td>
      <td>
        {measure.withinLimit ? (
          <span className="visually-hidden">{words('quality.within')}</span>
        ) : (
          <Tag tone="look">{words('quality.limit')}</Tag>
        )}
      </td>
    </tr>
  );
}
