import { useWords } from '../app/context.js';
import { oneIn } from './meaning.js';

/** Where the bar is full: 1 in a million impostors. */
const full = 6;

/** How strong the evidence of one person is (-log10 of the false match rate), as a bar with words. */
export function Strength({ strength }: { readonly strength: number | null }) {
  const words = useWords();
  if (strength === null) return <span className="quiet">–</span>;
  const text = oneIn({ falseMatchRate: 10 ** -strength }, words);
  return (
    <span className="strength" title={text}>
      <span className="bar" aria-hidden="true">
        <span style={{ width: `${Math.min(100, (strength / full) * 100)}%` }} />
      </span>
      <span className="words">{text}</span>
    </span>
  );
}
