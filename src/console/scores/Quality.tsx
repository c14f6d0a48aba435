import type { ComparisonAnswer, Evidence, Geometries, PhotoName } from '../api/types.js';
import { useWords } from '../app/context.js';

type Measured = NonNullable<Evidence['quality']> | NonNullable<Geometries[PhotoName]>['quality'];
type ComponentName = keyof Measured['components'];

const names: readonly PhotoName[] = ['probe', 'newest', 'older'];

/** What is wrong with the applicant's photo first; every measure of each photo on request (ISO/IEC 29794-5). */
export function Quality({
  advice,
  measured,
  geometries,
}: {
  readonly advice: ComparisonAnswer['quality'];
  readonly measured: Evidence['quality'];
  readonly geometries: Geometries | undefined;
}) {
  const words = useWords();
  const columns = names.flatMap((name) => {
    const quality: Measured | undefined =
      name === 'probe' && measured !== undefined ? measured : geometries?.[name]?.quality;
    return quality === undefined ? [] : [{ name, quality }];
  });
  const components = Object.keys(columns[0]?.quality.components ?? {}) as ComponentName[];
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
      {columns.length > 0 && (
        <details>
          <summary>{words('quality.all')}</summary>
          <table className="plain quality">
            <caption className="visually-hidden">{words('quality.value')}</caption>
            <thead>
              <tr>
                <th>{words('quality.value')}</th>
                {columns.map(({ name }) => (
                  <th key={name} className="number">
                    {words(`photos.${name}Short`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              <tr>
                <th scope="row">{words('quality.unified')}</th>
                {columns.map(({ name, quality }) => (
                  <Cell key={name} measure={quality.unified} />
                ))}
              </tr>
              {components.map((component) => (
                <tr key={component}>
                  <th scope="row">{component.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')}</th>
                  {columns.map(({ name, quality }) => (
                    <Cell key={name} measure={quality.components[component]} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </>
  );
}

function Cell({
  measure,
}: {
  readonly measure: { readonly score?: number | undefined; readonly withinLimit: boolean } | undefined;
}) {
  const words = useWords();
  if (measure?.score === undefined) return <td className="number quiet">–</td>;
  return (
    <td className={measure.withinLimit ? 'number' : 'number outside'}>
      {measure.score}
      {!measure.withinLimit && <span className="visually-hidden"> {words('quality.limit')}</span>}
    </td>
  );
}
