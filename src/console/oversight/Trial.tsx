import type { UseReport } from '../api/types.js';
import { useWords } from '../app/context.js';

/** What comparisons on trial came to, against what people made of the same applications. */
export function Trial({ trial }: { readonly trial: UseReport['trial'] }) {
  const words = useWords();
  return (
    <table className="plain">
      <thead>
        <tr>
          <th>{words('oversight.trial.computed')}</th>
          <th>{words('oversight.trial.verdict')}</th>
          <th>{words('oversight.trial.decided')}</th>
          <th className="number">{words('oversight.trial.count')}</th>
        </tr>
      </thead>
      <tbody>
        {trial.map(({ computed, verdict, decided, comparisons }) => (
          <tr key={`${computed} ${verdict} ${decided}`}>
            <td>{computed}</td>
            <td>{verdict ?? '–'}</td>
            <td>{decided ?? '–'}</td>
            <td className="number">{words.number(comparisons)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
