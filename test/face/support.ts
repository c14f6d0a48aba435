import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp, { type Region } from 'sharp';
import { type FaceSettings, faceSettings } from '../../src/face/settings.js';
import type { FaceOutcome } from '../../src/face/types.js';
import { loadCards, requireCard } from '../../src/models/card.js';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const modelsDir = join(root, 'models');
export const buildDir = join(modelsDir, 'build');

export function settings(changes: Partial<FaceSettings> = {}): FaceSettings {
  return faceSettings({ modelsDir, buildDir }, 'onnx', changes);
}

export function card(id: string) {
  return requireCard(loadCards(modelsDir), id);
}

/**
 * Two women of the photos in face-api's package, cut out losslessly. Read as bytes: once a decoder exists,
 * sharp opens no files in this process.
 */
export const portrait = cut('sample4.jpg', { left: 900, top: 50, width: 360, height: 460 });
export const otherPortrait = cut('sample5.jpg', { left: 1040, top: 90, width: 330, height: 440 });

function cut(photo: string, region: Region): Promise<Buffer> {
  const bytes = readFileSync(join(root, 'node_modules/@vladmandic/face-api/demo', photo));
  return sharp(bytes).extract(region).png().toBuffer();
}

export function embeddingOf(outcome: FaceOutcome | undefined): Float32Array {
  if (outcome?.kind !== 'embedded') throw new Error(`expected an embedding, got ${describe(outcome)}`);
  return outcome.embedding;
}

/** `embedded`, or why not. */
export function describe(outcome: FaceOutcome | undefined): string {
  if (outcome?.kind === 'refused') return outcome.code;
  return outcome?.kind === 'failure-to-acquire' ? outcome.reason : String(outcome?.kind);
}

export function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
