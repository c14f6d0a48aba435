import { type ReactNode, useRef } from 'react';
import { useWords } from '../app/context.js';
import type { PhotoState } from './usePhoto.js';
import { useSize } from './useSize.js';
import type { Stage } from './useStage.js';

/** The window on one photo, or on two that lie on each other; `children` draws into its size. */
export function Frame({
  stage,
  children,
}: {
  readonly stage: Stage;
  readonly children: (size: { width: number; height: number }) => ReactNode;
}) {
  const element = useRef<HTMLDivElement>(null);
  const size = useSize(element);
  return (
    <div className="frame" ref={element} {...stage.drag}>
      {size.width > 0 && children(size)}
    </div>
  );
}

/** Why there is no photo. */
export function NoPhoto({ state, none }: { readonly state: PhotoState['kind']; readonly none: string }) {
  const words = useWords();
  return (
    <p className="no-photo">
      {state === 'loading' ? words('app.loading') : state === 'absent' ? none : words('photos.failed')}
    </p>
  );
}
