import type { Found } from '../api/types.js';
import { useWords } from '../app/context.js';

export function FoundDocument({ found }: { readonly found: Found }) {
  const words = useWords();
  return (
    <p className="found-document">
      <strong>{found.holderName}</strong>
      <span className="mono">{found.documentNumber}</span>
      <span>{words('search.issued', { day: words.day(found.issuedOn) })}</span>
    </p>
  );
}
