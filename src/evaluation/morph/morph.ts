import { apply, fitSimilarity } from '../../face/affine.js';
import { interEyeDistance } from '../../face/landmarks.js';
import type { Point, RgbImage } from '../../face/types.js';
import { delaunay } from './delaunay.js';
import { convexHull, depthInside } from './hull.js';
import { type Mesh, warpMesh } from './warpMesh.js';

/** A photo with its 68 landmarks in pixels. */
export interface Portrait {
  readonly image: RgbImage;
  readonly landmarks: readonly Point[];
}

export interface MorphSettings {
  /** Share of the criminal, 0 to 1, in shape and in texture. */
  readonly factor: number;
  /** Around the face: the accomplice's photo alone, or both photos blended (which leaves ghosts of hair and collar). */
  readonly background: 'accomplice' | 'both';
  /** JPEG quality of the finished morph, 1 to 100. */
  readonly quality: number;
}

/**
 * A landmark morph: both faces warped triangle by triangle onto a shape between the two, and blended (Ferrara, Franco and
 * Maltoni, "The magic passport", IJCB 2014). It has the size and the frame of the accomplice's photo.
 */
export function morph(accomplice: Portrait, criminal: Portrait, settings: MorphSettings): RgbImage {
  const { width, height } = accomplice.image;
  const own = [...facePoints(accomplice.landmarks), ...framePoints(width, height)];
  const toAccomplice = fitSimilarity(criminal.landmarks, accomplice.landmarks);
  const back = fitSimilarity(accomplice.landmarks, criminal.landmarks);
  if (toAccomplice === undefined || back === undefined) return accomplice.image;
  const faceOfCriminal = facePoints(criminal.landmarks);
  const otherHere = [
    ...faceOfCriminal.map((point) => apply(toAccomplice, point)),
    ...framePoints(width, height),
  ];
  const otherThere = [...faceOfCriminal, ...framePoints(width, height).map((point) => apply(back, point))];
  const shape = own.map((point, i) => between(point, otherHere[i] as Point, settings.factor));
  const mesh: Mesh = { shape, triangles: delaunay(shape), width, height };
  const first = warpMesh(accomplice.image, own, mesh);
  const second = warpMesh(criminal.image, otherThere, mesh);
  const hull = convexHull(shape.slice(0, faceOfCriminal.length));
  const feather = 0.25 * interEyeDistance(accomplice.landmarks);
  const data = new Uint8Array(first.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside =
        settings.background === 'both' ? 1 : smooth(depthInside(hull, x + 0.5, y + 0.5) / feather);
      const share = settings.factor * inside;
      for (let channel = 0; channel < 3; channel++, at++) {
        data[at] = (1 - share) * (first[at] as number) + share * (second[at] as number) + 0.5;
      }
    }
  }
  return { width, height, data };
}

/** The landmarks, and five points on the forehead, which has none: as far above the brows as the nose is long, and a bit. */
function facePoints(landmarks: readonly Point[]): Point[] {
  const chin = landmarks[8] as Point;
  const bridge = landmarks[27] as Point;
  const up = { x: 0.42 * (bridge.x - chin.x), y: 0.42 * (bridge.y - chin.y) };
  const forehead = [17, 19, 21, 24, 26].map((brow) => {
    const { x, y } = landmarks[brow] as Point;
    return { x: x + up.x, y: y + up.y };
  });
  return [...landmarks, ...forehead];
}

function framePoints(width: number, height: number): Point[] {
  const along = [0, 0.5, 1];
  return along
    .flatMap((u) => along.map((v) => ({ x: u * width, y: v * height })))
    .filter(({ x, y }) => x === 0 || y === 0 || x === width || y === height);
}

const between = (a: Point, b: Point, share: number): Point => ({
  x: (1 - share) * a.x + share * b.x,
  y: (1 - share) * a.y + share * b.y,
});

function smooth(t: number): number {
  const clamped = Math.min(1, Math.max(0, t));
  return clamped * clamped * (3 - 2 * clamped);
}
