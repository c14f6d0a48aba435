import { type ReactNode, useState } from 'react';
import type { PhotoName } from '../api/types.js';
import { useWords } from '../app/context.js';
import { Frame } from './Frame.js';
import type { Stage } from './useStage.js';

export interface Overlaid {
  readonly stage: Stage;
  readonly names: readonly [below: PhotoName, above: PhotoName];
  picture(name: PhotoName, size: { width: number; height: number }): ReactNode;
}

/** One photo over the other, cut off at a line that can be moved. */
export function SwipeView({ stage, names: [left, right], picture }: Overlaid) {
  const words = useWords();
  const [split, setSplit] = useState(50);
  return (
    <div className="overlaid">
      <Frame stage={stage}>
        {(size) => (
          <>
            {picture(left, size)}
            <div className="above" style={{ clipPath: `inset(0 0 0 ${split}%)` }}>
              {picture(right, size)}
            </div>
            <div className="split-line" style={{ left: `${split}%` }} />
          </>
        )}
      </Frame>
      <div className="under-frame">
        <span>{words(`photos.${left}`)}</span>
        <input
          type="range"
          min={0}
          max={100}
          value={split}
          aria-label={words('photos.split')}
          onChange={({ target }) => setSplit(Number(target.value))}
        />
        <span>{words(`photos.${right}`)}</span>
      </div>
    </div>
  );
}
