import type { Me } from '../session/sessionState.js';
import { useWords } from './context.js';

export function ModeBanner({ mode }: { readonly mode: Me['mode'] }) {
  const words = useWords();
  if (mode.mode === 'active') return null;
  return (
    <div className={`banner ${mode.mode}`} role="status">
      <strong>{words(`mode.${mode.mode}`)}</strong>
      {mode.until !== undefined && <span>{words('mode.until', { until: words.moment(mode.until) })}</span>}
      {mode.reason !== undefined && <span>{mode.reason}</span>}
    </div>
  );
}
