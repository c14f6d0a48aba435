import { useEffect, useState } from 'react';
import { useWords } from '../app/context.js';
import { useShortcuts } from '../app/shortcuts.js';
import { Frame } from './Frame.js';
import type { Overlaid } from './SwipeView.js';

/** Slower than three changes a second, which could harm (WCAG 2.3.1). */
const everyMs = 700;

/** One photo in the place of the other, in turn: what differs jumps to the eye. */
export function FlickerView({ stage, names, picture }: Overlaid) {
  const words = useWords();
  const [second, setSecond] = useState(false);
  const [playing, setPlaying] = useState(
    () => !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
  );
  useEffect(() => {
    if (!playing) return;
    const timer = window.setInterval(() => setSecond((value) => !value), everyMs);
    return () => window.clearInterval(timer);
  }, [playing]);
  const swap = () => {
    setPlaying(false);
    setSecond(!second);
  };
  useShortcuts({ x: swap });
  const [below, above] = names;
  return (
    <div className="overlaid">
      <Frame stage={stage}>
        {(size) => (
          <>
            {picture(below, size)}
            <div className="above" style={{ visibility: second ? 'visible' : 'hidden' }}>
              {picture(above, size)}
            </div>
          </>
        )}
      </Frame>
      <div className="under-frame">
        <strong>{words(`photos.${second ? above : below}`)}</strong>
        <span className="buttons">
          <button type="button" onClick={() => setPlaying(!playing)}>
            {words(playing ? 'photos.pause' : 'photos.play')}
          </button>
          <button type="button" onClick={swap}>
            {words('photos.swap')}
          </button>
        </span>
      </div>
    </div>
  );
}
