import { type Affine, fitSimilarity } from '../../face/affine.js';
import { ChipBatch } from '../../face/chips.js';
import { detectFaces } from '../../face/detection.js';
import type { Engine } from '../../face/engine/engine.js';
import { averageGroups, interEyeDistance } from '../../face/landmarks.js';
import { normalise } from '../../face/normalise.js';
import { selectFace } from '../../face/selection.js';
import type { FaceSettings } from '../../face/settings.js';
import type { Box, Embedding, RgbImage } from '../../face/types.js';
import type { DetectorCard, EmbedderCard, LandmarksCard } from '../../models/card.js';
import { fitAffine, then } from './affines.js';
import type { Alternative } from './alternative.js';
import { readLandmarks } from './landmarkReading.js';
import { fillOf } from './sampling.js';
import { retone } from './tone.js';

export interface AlternativeParts {
  readonly engine: Engine;
  readonly settings: FaceSettings;
  readonly detector: (id: string) => DetectorCard;
  readonly landmarks: (id: string) => LandmarksCard;
  readonly embedder: EmbedderCard;
}

/** Boxes already found in one photo, by the looks that found them. */
export type FoundFaces = Map<FaceSettings['looks'], Promise<Box | undefined>>;

/**
 * The embedding of a decoded photo by an alternative, or undefined where it fails to acquire one. Without a difference
 * it is the pipeline's own but for rounding: the same detection, warp and networks.
 * @param found lets alternatives with the same looks share their detection
 */
export async function embedBy(
  parts: AlternativeParts,
  alternative: Alternative,
  photo: RgbImage,
  found: FoundFaces = new Map(),
): Promise<Embedding | undefined> {
  const { engine, settings, embedder } = parts;
  const looks = alternative.looks ?? settings.looks;
  const detection = found.get(looks) ?? mainFace(parts, looks, photo);
  found.set(looks, detection);
  const box = await detection;
  if (box === undefined) return undefined;
  const { networks = [settings.landmarks], ...reading } = alternative.landmarks ?? {};
  const landmarks = await readLandmarks(engine, networks.map(parts.landmarks), reading, photo, box);
  if (!(interEyeDistance(landmarks) >= settings.faceLimits.minInterEyeDistance)) return undefined;
  const { template, landmarks: groups } = alternative.alignment ?? embedder.alignment;
  const fit = alternative.fit === 'affine' ? fitAffine : fitSimilarity;
  const toChip = fit(
    averageGroups(landmarks, groups),
    template.map(([x, y]) => ({ x, y })),
  );
  if (toChip === undefined) return undefined;
  const maps = alternative.chips?.map((map) => then(toChip, map)) ?? [toChip];
  return embed(parts, alternative, photo, maps);
}

async function embed(
  { engine, embedder }: AlternativeParts,
  { sampling, tone }: Alternative,
  photo: RgbImage,
  maps: readonly Affine[],
): Promise<Embedding> {
  const chips = new ChipBatch(embedder.input, maps.length);
  const fill = fillOf(sampling);
  maps.forEach((map, i) => {
    fill(photo, map, chips.target(i));
    if (tone !== undefined) retone(chips.chip(i), tone);
  });
  const all = await engine.embed(embedder, chips.data, maps.length);
  const { length } = embedder.output;
  const embeddings = maps.map((_, i) => normalise(all.slice(i * length, (i + 1) * length)));
  return average(embeddings);
}

function average(embeddings: readonly Embedding[]): Embedding {
  const [first = new Float32Array(), ...others] = embeddings;
  if (others.length === 0) return first;
  return normalise(first.map((value, k) => others.reduce((sum, other) => sum + (other[k] as number), value)));
}

async function mainFace(
  { engine, settings, detector }: AlternativeParts,
  looks: FaceSettings['looks'],
  photo: RgbImage,
): Promise<Box | undefined> {
  const taken = looks.map(({ card, ...look }) => ({ card: detector(card), ...look }));
  const [faces = []] = await detectFaces(engine, taken, [photo]);
  const selection = selectFace(faces, photo, settings.faceLimits.rivalProminence);
  return selection === undefined || selection.rival ? undefined : selection.main.box;
}
