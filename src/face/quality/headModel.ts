/** Right as seen in the photo, up, towards the viewer. Centimetres. */
export interface ModelPoint {
  readonly landmark: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

const pair = (left: number, right: number, x: number, y: number, z: number): ModelPoint[] => [
  { landmark: left, x: -x, y, z },
  { landmark: right, x, y, z },
];

/**
 * An average head: the places of iBUG 300-W points that neither a word nor a smile moves much, taken from MediaPipe's
 * canonical face model (`face_geometry/data/canonical_face_model.obj`, Apache 2.0; vertices 33/263 and 133/362 eye
 * corners, 168 and 195 ridge of the nose, 1 its tip, 98/327 and 2 its base, 61/291 mouth corners).
 */
export const headModel: readonly ModelPoint[] = [
  ...pair(36, 45, 4.445859, 2.663991, 3.173422),
  ...pair(39, 42, 1.856432, 2.585245, 3.757904),
  { landmark: 27, x: 0, y: 3.271027, z: 5.236015 },
  { landmark: 29, x: 0, y: 1.059413, z: 6.774605 },
  { landmark: 30, x: 0, y: -1.126865, z: 7.475604 },
  ...pair(31, 35, 1.405627, -1.714196, 5.241087),
  { landmark: 33, x: 0, y: -2.089024, z: 6.058267 },
  ...pair(48, 54, 2.456206, -4.342621, 4.283884),
];
