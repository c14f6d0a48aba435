import type { EmbedderCard, LandmarksCard } from '../models/card.js';
import { type Affine, fitSimilarity } from './affine.js';
import { ChipBatch } from './chips.js';
import { detectFaces, type Look } from './detection.js';
import type { Engine } from './engine/engine.js';
import { averageGroups, cropTo, interEyeDistance, pointsInPhoto, squareAround } from './landmarks.js';
import type { FaceLimits } from './limits.js';
import { lengthOf, normalise } from './normalise.js';
import { assessQuality } from './quality/assess.js';
import { selectFace } from './selection.js';
import type {
  Box,
  Detection,
  Embedding,
  FaceMeasures,
  FailureToAcquireReason,
  Point,
  RgbImage,
  StageTimings,
} from './types.js';
import { warp } from './warp.js';

export interface RecognitionParts {
  readonly engine: Engine;
  /** In the order they are taken. */
  readonly looks: readonly Look[];
  readonly landmarks: LandmarksCard;
  readonly embedder: EmbedderCard;
  readonly faceLimits: FaceLimits;
}

type Timings = { -readonly [stage in Exclude<keyof StageTimings, 'decode'>]: number };

export type Recognition = { readonly timings: Readonly<Timings> } & (
  | { readonly kind: 'embedded'; readonly embedding: Embedding; readonly measures: FaceMeasures }
  | { readonly kind: 'failure-to-acquire'; readonly reason: FailureToAcquireReason; readonly faces: number }
);

/** One photo on its way through the stages, and what they found. */
interface Subject {
  readonly index: number;
  readonly photo: RgbImage;
  readonly timings: Timings;
}
interface Found extends Subject {
  readonly faces: number;
  readonly main: Detection;
  readonly others: readonly Box[];
}
interface Located extends Found {
  readonly landmarks: readonly Point[];
  readonly interEyeDistance: number;
  readonly toChip: Affine;
}

type Drop = (subject: Subject, reason: FailureToAcquireReason, faces: number) => void;

/** Photos to embeddings, in order. Each stage is one batch of the photos that got that far. */
export async function recognise(
  parts: RecognitionParts,
  photos: readonly RgbImage[],
): Promise<Recognition[]> {
  const results: Recognition[] = new Array(photos.length);
  const drop: Drop = ({ index, timings }, reason, faces) => {
    results[index] = { kind: 'failure-to-acquire', reason, faces, timings };
  };
  const subjects = photos.map((photo, index) => ({
    index,
    photo,
    timings: { detect: 0, landmarks: 0, align: 0, embed: 0, quality: 0 },
  }));
  const found = await timed('detect', subjects, () => find(parts, subjects, drop));
  const located = await timed('landmarks', found, () => locate(parts, found, drop));
  const chips = await timed('align', located, async () => align(parts, located));
  const embedded = await timed('embed', located, () => embed(parts, chips));
  for (const [i, subject] of located.entries()) {
    const { main, others, faces, landmarks, interEyeDistance, photo, timings } = subject;
    const { embedding, length } = embedded[i] as Embedded;
    const started = performance.now();
    const quality = assessQuality(
      { photo, landmarks, box: main.box, others },
      length,
      parts.embedder.output.quality,
    );
    timings.quality = performance.now() - started;
    const measures: FaceMeasures = {
      box: main.box,
      confidence: main.confidence,
      faces,
      interEyeDistance,
      landmarks,
      quality,
    };
    results[subject.index] = { kind: 'embedded', embedding, measures, timings };
  }
  return results;
}

/** The face of each photo that shows one. */
async function find(parts: RecognitionParts, subjects: readonly Subject[], drop: Drop): Promise<Found[]> {
  const detections = await detectFaces(
    parts.engine,
    parts.looks,
    subjects.map(({ photo }) => photo),
  );
  return subjects.flatMap((subject, i): Found[] => {
    const faces = detections[i] ?? [];
    const selection = selectFace(faces, subject.photo, parts.faceLimits.rivalProminence);
    if (selection === undefined) drop(subject, 'no-face', 0);
    else if (selection.rival) drop(subject, 'multiple-faces', faces.length);
    else {
      const { main } = selection;
      const others = faces.filter((face) => face !== main).map(({ box }) => box);
      return [{ ...subject, faces: faces.length, main, others }];
    }
    return [];
  });
}

/** The landmarks of each face large enough, and the transform that aligns it. */
async function locate(parts: RecognitionParts, found: readonly Found[], drop: Drop): Promise<Located[]> {
  if (found.length === 0) return [];
  const { landmarks: card, embedder, faceLimits } = parts;
  const squares = found.map(({ main }) => squareAround(main.box, card.crop.boxScale));
  const crops = new ChipBatch(card.input, found.length);
  found.forEach(({ photo }, i) => {
    warp(photo, cropTo(squares[i] as Box, card.input), crops.target(i));
  });
  const fractions = await parts.engine.landmarks(card, crops.data, found.length);
  const template = embedder.alignment.template.map(([x, y]): Point => ({ x, y }));
  return found.flatMap((subject, i): Located[] => {
    const values = fractions.subarray(i * card.output.length, (i + 1) * card.output.length);
    const landmarks = pointsInPhoto(values, squares[i] as Box);
    const distance = interEyeDistance(landmarks);
    if (!(distance >= faceLimits.minInterEyeDistance)) {
      drop(subject, 'face-too-small', subject.faces);
      return [];
    }
    const toChip = fitSimilarity(averageGroups(landmarks, embedder.alignment.landmarks), template);
    if (toChip === undefined) drop(subject, 'no-face', subject.faces);
    return toChip === undefined ? [] : [{ ...subject, landmarks, interEyeDistance: distance, toChip }];
  });
}

function align({ embedder }: RecognitionParts, located: readonly Located[]): ChipBatch {
  const chips = new ChipBatch(embedder.input, located.length);
  located.forEach(({ photo, toChip }, i) => {
    warp(photo, toChip, chips.target(i));
  });
  return chips;
}

interface Embedded {
  readonly embedding: Embedding;
  /** Before it was scaled to 1. */
  readonly length: number;
}

async function embed({ engine, embedder }: RecognitionParts, chips: ChipBatch): Promise<Embedded[]> {
  if (chips.length === 0) return [];
  const all = await engine.embed(embedder, chips.data, chips.length);
  const { length } = embedder.output;
  return Array.from({ length: chips.length }, (_, i) => {
    const raw = all.slice(i * length, (i + 1) * length);
    return { embedding: normalise(raw), length: lengthOf(raw) };
  });
}

/** Runs a stage and books each photo's share of the time it took. */
async function timed<T>(
  stage: keyof Timings,
  subjects: readonly Subject[],
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const result = await work();
  const share = (performance.now() - started) / subjects.length;
  for (const { timings } of subjects) timings[stage] = share;
  return result;
}
