import { type Affine, apply, invert } from '../../face/affine.js';
import { ChipBatch } from '../../face/chips.js';
import type { Engine } from '../../face/engine/engine.js';
import { averageGroups, cropTo } from '../../face/landmarks.js';
import type { Box, Point, RgbImage } from '../../face/types.js';
import { warp } from '../../face/warp.js';
import type { LandmarksCard } from '../../models/card.js';
import { turned } from './affines.js';
import type { Crop, LandmarkReading } from './alternative.js';

/** iBUG 300-W, counted from 0: for each point the one that takes its place in a mirror image. */
const inMirror: readonly number[] = [
  ...[16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
  ...[26, 25, 24, 23, 22, 21, 20, 19, 18, 17],
  ...[27, 28, 29, 30, 35, 34, 33, 32, 31],
  ...[45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40],
  ...[54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55],
  ...[64, 63, 62, 61, 60, 67, 66, 65],
];

const eyes = [
  [36, 37, 38, 39, 40, 41],
  [42, 43, 44, 45, 46, 47],
];

/** 68 points in pixels of the photo: the mean of all that is to be read of the face in `box`. */
export async function readLandmarks(
  engine: Engine,
  networks: readonly LandmarksCard[],
  { crops, mirrored, upright }: Omit<LandmarkReading, 'networks'>,
  photo: RgbImage,
  box: Box,
): Promise<Point[]> {
  const readings: Point[][] = [];
  for (const card of networks) {
    for (const crop of crops ?? [{ scale: card.crop.boxScale }]) {
      const area = areaOf(crop, box);
      const toInput = cropTo(area, card.input);
      let points = await readOnce(engine, card, photo, toInput);
      if (upright)
        points = await readOnce(engine, card, photo, turned(toInput, rollOf(points), centreOf(area)));
      readings.push(points);
      if (mirrored) {
        const { a, b, c, ...rest } = toInput;
        const flipped = await readOnce(engine, card, photo, {
          a: -a,
          b: -b,
          c: card.input.width - c,
          ...rest,
        });
        readings.push(inMirror.map((index) => flipped[index] as Point));
      }
    }
  }
  return mean(readings);
}

export function areaOf({ scale, stretched, shift: [dx, dy] = [0, 0] }: Crop, box: Box): Box {
  const longer = Math.max(box.width, box.height);
  const width = scale * (stretched ? box.width : longer);
  const height = scale * (stretched ? box.height : longer);
  return {
    x: box.x + (box.width - width) / 2 + dx * longer,
    y: box.y + (box.height - height) / 2 + dy * longer,
    width,
    height,
  };
}

async function readOnce(
  engine: Engine,
  card: LandmarksCard,
  photo: RgbImage,
  toInput: Affine,
): Promise<Point[]> {
  const { width, height } = card.input;
  const back = invert(toInput);
  if (back === undefined) return [];
  const chip = new ChipBatch(card.input, 1);
  warp(photo, toInput, chip.target(0));
  const fractions = await engine.landmarks(card, chip.data, 1);
  return Array.from({ length: fractions.length / 2 }, (_, i) =>
    apply(back, { x: (fractions[2 * i] as number) * width, y: (fractions[2 * i + 1] as number) * height }),
  );
}

/** Radians by which the line between the eyes runs down to the right. */
function rollOf(landmarks: readonly Point[]): number {
  const [left, right] = averageGroups(landmarks, eyes) as [Point, Point];
  return Math.atan2(right.y - left.y, right.x - left.x);
}

const centreOf = ({ x, y, width, height }: Box): Point => ({ x: x + width / 2, y: y + height / 2 });

function mean(readings: readonly (readonly Point[])[]): Point[] {
  const [first = [], ...others] = readings;
  if (others.length === 0) return [...first];
  return first.map((_, i) => ({
    x: readings.reduce((sum, points) => sum + (points[i] as Point).x, 0) / readings.length,
    y: readings.reduce((sum, points) => sum + (points[i] as Point).y, 0) / readings.length,
  }));
}
