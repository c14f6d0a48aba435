import type { Box, Detection } from './types.js';

/** Intersection over union, 0 to 1. */
export function overlap(one: Box, other: Box): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (one.width * one.height + other.width * other.height - shared);
}

/** Greedy non-maximum suppression: of boxes that overlap by more than `maxIou` the surest stays. Surest first. */
export function suppressOverlaps(candidates: readonly Detection[], maxIou: number): Detection[] {
  const kept: Detection[] = [];
  for (const candidate of [...candidates].sort((p, q) => q.confidence - p.confidence))
    if (kept.every((other) => overlap(other.box, candidate.box) <= maxIou)) kept.push(candidate);
  return kept;
}
