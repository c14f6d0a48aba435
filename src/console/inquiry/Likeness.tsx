import type { ScoredView } from '../api/types.js';
import { useWords } from '../app/context.js';
import { chance, oneIn } from '../scores/meaning.js';

/** What a score is worth between two people, and in a store of this size. */
export function Likeness({ scored }: { readonly scored: ScoredView }) {
  const words = useWords();
  return (
    <dl className="pairs">
      <dt>{words('score.value')}</dt>
      <dd>{words.number(scored.score, 2)}</dd>
      <dt>{words('search.between')}</dt>
      <dd>
        {oneIn(scored, words)}
        {scored.extrapolated && <span className="quiet"> ({words('search.extrapolated')})</span>}
      </dd>
      <dt>{words('search.inStore')}</dt>
      <dd>
        <strong>{chance(scored.falseMatchRateInStore, words)}</strong>
      </dd>
    </dl>
  );
}
