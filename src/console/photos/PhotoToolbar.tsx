import { useWords } from '../app/context.js';
import { type Pair, type PhotoView, photoViews } from './ComparedPhotos.js';
import type { Stage } from './useStage.js';

interface Toolbar {
  readonly stage: Stage;
  readonly view: PhotoView;
  setView(view: PhotoView): void;
  readonly pairs: readonly Pair[];
  readonly pair: Pair | undefined;
  setPair(pair: Pair): void;
  readonly align: boolean;
  setAlign(on: boolean): void;
  readonly landmarks: boolean;
  setLandmarks(on: boolean): void;
}

export function PhotoToolbar(toolbar: Toolbar) {
  const words = useWords();
  const { stage, view, pairs, pair, align, landmarks } = toolbar;
  return (
    <div className="toolbar">
      <div className="segments">
        {photoViews.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={view === one}
            disabled={one !== 'side' && pair === undefined}
            onClick={() => toolbar.setView(one)}
          >
            {words(`photos.view.${one}`)}
          </button>
        ))}
      </div>
      {view !== 'side' && (
        <label>
          <span className="visually-hidden">{words('photos.pair')}</span>
          <select
            value={pair}
            onChange={({ target }) => {
              const chosen = pairs.find((one) => one === target.value);
              if (chosen !== undefined) toolbar.setPair(chosen);
            }}
          >
            {pairs.map((one) => (
              <option key={one} value={one}>
                {words(`photos.pair.${one}`)}
              </option>
            ))}
          </select>
        </label>
      )}
      <div className="zoom">
        <button type="button" aria-label={words('photos.zoomOut')} onClick={stage.zoomOut}>
          −
        </button>
        <input
          type="range"
          min={1}
          max={8}
          step={0.05}
          value={stage.view.zoom}
          aria-label={words('photos.zoom')}
          onChange={({ target }) => stage.zoomTo(Number(target.value))}
        />
        <button type="button" aria-label={words('photos.zoomIn')} onClick={stage.zoomIn}>
          +
        </button>
        <button type="button" disabled={stage.view.zoom === 1} onClick={stage.reset}>
          {words('photos.reset')}
        </button>
      </div>
      <label className="choice">
        <input type="checkbox" checked={align} onChange={({ target }) => toolbar.setAlign(target.checked)} />
        {words('photos.align')}
      </label>
      <label className="choice">
        <input
          type="checkbox"
          checked={landmarks}
          onChange={({ target }) => toolbar.setLandmarks(target.checked)}
        />
        {words('photos.landmarks')}
      </label>
    </div>
  );
}
