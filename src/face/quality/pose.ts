import type { Point } from '../types.js';
import { headModel } from './headModel.js';

/** Degrees. */
export interface HeadPose {
  /** Positive: turned to the right-hand side of the photo. */
  readonly yaw: number;
  /** Positive: chin raised. */
  readonly pitch: number;
  /** Positive: tilted clockwise as seen in the photo. */
  readonly roll: number;
}

type Row = readonly [number, number, number];

/**
 * What the average head reads when it faces the camera: the median over the 3,443 photos of Labeled Faces in the Wild's
 * pairsDevTrain, most of them taken at eye level. Landmark networks and the model place the nose a little differently.
 */
const restingPitch = -5.4;

const centre = mean(headModel.map(({ x, y, z }): Row => [x, y, z]));
const shape = headModel.map(({ x, y, z }): Row => [x - centre[0], y - centre[1], z - centre[2]]);
const inverseScatter = invertSymmetric(shape);

/**
 * How the head is turned, from its landmarks: least-squares affine map of the average head onto the photo, its rows
 * made orthogonal and of one length (weak perspective; Horn, Hilden and Negahdaripour, JOSA A 5(7), 1988). Good to
 * some degrees: the head measured is not the average one.
 */
export function headPose(landmarks: readonly Point[]): HeadPose {
  const seen = headModel.map(({ landmark }) => landmarks[landmark] as Point);
  const middle = mean(seen.map(({ x, y }): Row => [x, -y, 0]));
  const u = affineRow(seen.map(({ x }) => x - middle[0]));
  const v = affineRow(seen.map(({ y }) => -y - middle[1]));
  const [first, second] = orthonormal(u, v);
  const third = cross(first, second);
  return {
    yaw: degrees(Math.atan2(-third[0], third[2])),
    pitch: -degrees(Math.asin(Math.max(-1, Math.min(1, third[1])))) - restingPitch,
    roll: -degrees(Math.atan2(-first[1], second[1])),
  };
}

/** One row of the affine map: shape coordinates to centred photo coordinates of one axis. */
function affineRow(values: readonly number[]): Row {
  const moments: [number, number, number] = [0, 0, 0];
  shape.forEach((point, i) => {
    for (const axis of [0, 1, 2] as const) moments[axis] += point[axis] * (values[i] as number);
  });
  return inverseScatter.map((row) => dot(row, moments)) as unknown as Row;
}

/** The pair of orthogonal unit rows closest to two given ones: (A·Aᵀ)^(-1/2)·A, written out for two rows. */
function orthonormal(u: Row, v: Row): [Row, Row] {
  const a = dot(u, u);
  const b = dot(u, v);
  const d = dot(v, v);
  // Square root of a symmetric 2×2 matrix M: (M + √det·I) / √(trace + 2√det); its inverse by the adjugate.
  const root = Math.sqrt(Math.max(0, a * d - b * b));
  const trace = Math.sqrt(a + d + 2 * root);
  const p = (a + root) / trace;
  const q = b / trace;
  const r = (d + root) / trace;
  const determinant = p * r - q * q;
  const combine = (m: number, n: number): Row =>
    [0, 1, 2].map(
      (axis) => (m * (u[axis] as number) + n * (v[axis] as number)) / determinant,
    ) as unknown as Row;
  return [combine(r, -q), combine(-q, p)];
}

function invertSymmetric(points: readonly Row[]): readonly [Row, Row, Row] {
  const s = (i: 0 | 1 | 2, j: 0 | 1 | 2): number =>
    points.reduce((sum, point) => sum + point[i] * point[j], 0);
  const rows: [Row, Row, Row] = [
    [s(0, 0), s(0, 1), s(0, 2)],
    [s(1, 0), s(1, 1), s(1, 2)],
    [s(2, 0), s(2, 1), s(2, 2)],
  ];
  const adjugate = [cross(rows[1], rows[2]), cross(rows[2], rows[0]), cross(rows[0], rows[1])] as const;
  const determinant = dot(rows[0], adjugate[0]);
  const scaled = (row: Row): Row => [row[0] / determinant, row[1] / determinant, row[2] / determinant];
  return [scaled(adjugate[0]), scaled(adjugate[1]), scaled(adjugate[2])];
}

function mean(points: readonly Row[]): Row {
  const sum = (axis: 0 | 1 | 2): number =>
    points.reduce((total, point) => total + point[axis], 0) / points.length;
  return [sum(0), sum(1), sum(2)];
}

function dot(a: Row, b: Row): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Row, b: Row): Row {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

const degrees = (radians: number): number => (radians * 180) / Math.PI;
