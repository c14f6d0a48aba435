import type { Geometry } from '../api/types.js';
import { alignEyes, cssMatrix, fitWhole } from './align.js';
import type { Photo } from './usePhoto.js';
import type { View } from './useStage.js';

/** One photo in its frame, placed so that the eyes sit where they sit in every frame. */
export function Picture({
  photo,
  alt,
  geometry,
  frame,
  view,
  align,
  landmarks,
}: {
  readonly photo: Photo;
  readonly alt: string;
  readonly geometry: Geometry | null;
  readonly frame: { readonly width: number; readonly height: number };
  readonly view: View;
  readonly align: boolean;
  readonly landmarks: boolean;
}) {
  const placement =
    (align && geometry !== null ? alignEyes(geometry, frame) : undefined) ?? fitWhole(photo, frame);
  const { zoom, x, y } = view;
  const moved = `translate(${x * frame.width}px, ${y * frame.height}px) scale(${zoom})`;
  const size = { width: photo.width, height: photo.height };
  // Marks of one size on the screen, whatever the size of the photo.
  const unit = 1 / (Math.hypot(placement.a, placement.b) * zoom || 1);
  return (
    <div className="picture-view" style={{ transform: moved }}>
      <div className="picture" style={{ ...size, transform: cssMatrix(placement) }}>
        <img src={photo.url} alt={alt} width={photo.width} height={photo.height} draggable={false} />
        {landmarks && geometry !== null && (
          <svg viewBox={`0 0 ${geometry.width} ${geometry.height}`} aria-hidden="true">
            {geometry.landmarks.map(([cx, cy], index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: landmarks are known by their place.
              <circle key={index} cx={cx} cy={cy} r={1.8 * unit} />
            ))}
          </svg>
        )}
      </div>
    </div>
  );
}
