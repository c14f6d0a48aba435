import type { Box, Detection } from './types.js';

export interface FaceSelection {
  readonly main: Detection;
  /** A second face about as prominent as the main one: the photo does not say whose it is. */
  readonly rival: boolean;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * How much a face is what the photo is of: the square root of its area (pixels) times (1 - d)², where d is the
 * distance of its centre from the photo's centre as a fraction of half the diagonal. Two equal faces at equal
 * distances from the centre tie; a bystander as large as the subject, halfway to the corner, gets a quarter.
 */
export function prominence(box: Box, photo: Size): number {
  const dx = box.x + box.width / 2 - photo.width / 2;
  const dy = box.y + box.height / 2 - photo.height / 2;
  const distance = Math.min(1, Math.hypot(dx, dy) / (Math.hypot(photo.width, photo.height) / 2));
  return Math.sqrt(box.width * box.height) * (1 - distance) ** 2;
}

/**
 * The most prominent face, and whether another one rivals it. Undefined without faces.
 * @param rivalProminence share of the main face's prominence from which a second face is a rival
 */
export function selectFace(
  faces: readonly Detection[],
  photo: Size,
  rivalProminence: number,
): FaceSelection | undefined {
  const ranked = faces
    .map((face) => ({ face, prominence: prominence(face.box, photo) }))
    .sort((p, q) => q.prominence - p.prominence);
  const [first, second] = ranked;
  if (first === undefined) return undefined;
  const rival = second !== undefined && second.prominence >= rivalProminence * first.prominence;
  return { main: first.face, rival };
}
