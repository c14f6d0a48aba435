import type { MessageKey } from '../messages/messages.js';
import { verdictKeys } from '../review/verdicts.js';
import { Dialog } from '../ui/Dialog.js';
import { useWords } from './context.js';

const others: readonly (readonly [keys: string, meaning: MessageKey])[] = [
  ['C', 'keys.claim'],
  ['R', 'keys.reason'],
  ['Ctrl ⏎', 'keys.submit'],
  ['1', 'keys.side'],
  ['2', 'keys.swipe'],
  ['3', 'keys.flicker'],
  ['X', 'keys.swap'],
  ['L', 'keys.landmarks'],
  ['+ − 0', 'keys.zoom'],
];

export function ShortcutList({ onClose }: { readonly onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog title={words('keys.title')} onClose={onClose}>
      <dl className="keys">
        {verdictKeys.map(([key, verdict]) => (
          <div key={key}>
            <dt>
              <kbd>{key.toUpperCase()}</kbd>
            </dt>
            <dd>{words('keys.verdict', { verdict: words(`verdict.${verdict}`) })}</dd>
          </div>
        ))}
        {others.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{words(meaning)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
