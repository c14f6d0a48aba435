import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** What every frame shows at once: how near, and moved by which share of the frame. */
export interface View {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

const whole: View = { zoom: 1, x: 0, y: 0 };
const most = 8;
const step = 1.25;

export interface Stage {
  readonly view: View;
  zoomIn(): void;
  zoomOut(): void;
  zoomTo(zoom: number): void;
  move(x: number, y: number): void;
  reset(): void;
  /** Of each frame: dragging moves all of them. */
  readonly drag: {
    onPointerDown(event: PointerEvent<HTMLElement>): void;
    onPointerMove(event: PointerEvent<HTMLElement>): void;
    onPointerUp(event: PointerEvent<HTMLElement>): void;
  };
}

/** Zoom and pan that all frames share; the wheel works anywhere in `area`. */
export function useStage(area: RefObject<HTMLElement | null>): Stage {
  const [view, setView] = useState(whole);
  const from = useRef<{ x: number; y: number } | undefined>(undefined);
  const zoomBy = useCallback((factor: number) => setView((now) => zoomed(now, now.zoom * factor)), []);
  const move = useCallback(
    (x: number, y: number) => setView((now) => bounded({ ...now, x: now.x + x, y: now.y + y })),
    [],
  );
  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    // Only with Ctrl, as in maps: without it the wheel scrolls the page.
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoomBy(event.deltaY < 0 ? 1.1 : 1 / 1.1);
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [area, zoomBy]);
  return {
    view,
    zoomIn: () => zoomBy(step),
    zoomOut: () => zoomBy(1 / step),
    zoomTo: (zoom) => setView((now) => zoomed(now, zoom)),
    move,
    reset: () => setView(whole),
    drag: {
      onPointerDown(event) {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, y: event.clientY };
      },
      onPointerMove(event) {
        if (from.current === undefined) return;
        const { width, height } = event.currentTarget.getBoundingClientRect();
        move((event.clientX - from.current.x) / width, (event.clientY - from.current.y) / height);
        from.current = { x: event.clientX, y: event.clientY };
      },
      onPointerUp() {
        from.current = undefined;
      },
    },
  };
}

/** About the middle of the frame. */
function zoomed(view: View, wanted: number): View {
  const zoom = Math.min(most, Math.max(1, wanted));
  const ratio = zoom / view.zoom;
  return bounded({ zoom, x: view.x * ratio, y: view.y * ratio });
}

/** So that the frame never shows more emptiness than the photo leaves. */
function bounded({ zoom, x, y }: View): View {
  const room = (zoom - 1) / 2;
  const within = (value: number) => Math.min(room, Math.max(-room, value));
  return { zoom, x: within(x), y: within(y) };
}
