import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import type { Geometries, PhotoName } from '../api/types.js';
import { useWords } from '../app/context.js';
import { useShortcuts } from '../app/shortcuts.js';
import { FlickerView } from './FlickerView.js';
import { Frame, NoPhoto } from './Frame.js';
import { PhotoToolbar } from './PhotoToolbar.js';
import { Picture } from './Picture.js';
import { SwipeView } from './SwipeView.js';
import type { PhotoState } from './usePhoto.js';
import { useStage } from './useStage.js';

export interface Shown {
  readonly name: PhotoName;
  readonly state: PhotoState;
  /** Below the photo: which it is, and what is known about it. */
  readonly caption: ReactNode;
  /** Where there is none. */
  readonly none: string;
}

export const photoViews = ['side', 'swipe', 'flicker'] as const;
export type PhotoView = (typeof photoViews)[number];
export type Pair = 'newest' | 'older' | 'references';

const pairNames: Readonly<Record<Pair, readonly [PhotoName, PhotoName]>> = {
  newest: ['newest', 'probe'],
  older: ['older', 'probe'],
  references: ['older', 'newest'],
};

/** The photos large, side by side or on each other, seen alike: the eyes at one place, moved and enlarged together. */
export function ComparedPhotos({
  shown,
  geometries,
}: {
  readonly shown: readonly Shown[];
  readonly geometries: Geometries | undefined;
}) {
  const words = useWords();
  const area = useRef<HTMLDivElement>(null);
  const stage = useStage(area);
  const [photoView, setPhotoView] = useState<PhotoView>('side');
  const [wanted, setPair] = useState<Pair>('newest');
  const [align, setAlign] = useState(true);
  const [landmarks, setLandmarks] = useState(false);
  const visible = (name: PhotoName) => shown.find((one) => one.name === name)?.state.kind === 'shown';
  const pairs = (['newest', 'older', 'references'] as const).filter((pair) => pairNames[pair].every(visible));
  const pair = pairs.includes(wanted) ? wanted : pairs[0];
  const view = pair === undefined ? 'side' : photoView;
  useShortcuts({
    '1': () => setPhotoView('side'),
    '2': () => setPhotoView('swipe'),
    '3': () => setPhotoView('flicker'),
    l: () => setLandmarks(!landmarks),
    '+': stage.zoomIn,
    '-': stage.zoomOut,
    '0': stage.reset,
  });
  const picture = (name: PhotoName, size: { width: number; height: number }) => {
    const one = shown.find((other) => other.name === name);
    if (one?.state.kind !== 'shown') return null;
    return (
      <Picture
        photo={one.state.photo}
        alt={words(`photos.alt.${name}`)}
        geometry={geometries?.[name] ?? null}
        frame={size}
        view={stage.view}
        align={align}
        landmarks={landmarks}
      />
    );
  };
  const keys = (event: KeyboardEvent) => {
    const by = 0.06;
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [by, 0],
      ArrowRight: [-by, 0],
      ArrowUp: [0, by],
      ArrowDown: [0, -by],
    };
    const move = moves[event.key];
    if (move === undefined || event.target !== event.currentTarget) return;
    event.preventDefault();
    stage.move(...move);
  };
  return (
    <section className="photos" aria-label={words('photos.title')} ref={area}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the photos. */}
      {/* biome-ignore lint/a11y/useSemanticElements: a group of photos is no fieldset. */}
      <div role="group" aria-label={words('photos.stage')} tabIndex={0} onKeyDown={keys} className="stage">
        {view === 'side' && (
          <div className={`side-by-side of-${shown.length}`}>
            {shown.map(({ name, state, caption, none }) => (
              <figure key={name} className={name}>
                <Frame stage={stage}>
                  {(size) =>
                    state.kind === 'shown' ? picture(name, size) : <NoPhoto state={state.kind} none={none} />
                  }
                </Frame>
                <figcaption>{caption}</figcaption>
              </figure>
            ))}
          </div>
        )}
        {view === 'swipe' && pair !== undefined && (
          <SwipeView stage={stage} names={pairNames[pair]} picture={picture} />
        )}
        {view === 'flicker' && pair !== undefined && (
          <FlickerView stage={stage} names={pairNames[pair]} picture={picture} />
        )}
      </div>
      <PhotoToolbar
        stage={stage}
        view={view}
        setView={setPhotoView}
        pairs={pairs}
        pair={pair}
        setPair={setPair}
        align={align}
        setAlign={setAlign}
        landmarks={landmarks}
        setLandmarks={setLandmarks}
      />
    </section>
  );
}
