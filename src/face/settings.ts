import type { Look } from './detection.js';
import { defaultFaceLimits, defaultImageLimits, type FaceLimits, type ImageLimits } from './limits.js';

export type EngineName = 'onnx' | 'tfjs';

/** Networks by the id of their card, and how photos are shown to the detectors. */
export interface NetworkChoice {
  /** In the order they are taken; see `Look` in `detection.ts`. */
  readonly looks: readonly (Omit<Look, 'card'> & { readonly card: string })[];
  readonly landmarks: string;
  readonly embedder: string;
}

/** Everything that opening a pipeline needs, as plain data: it travels to the child processes. */
export interface FaceSettings extends NetworkChoice {
  readonly engine: EngineName;
  /** Folder of the model cards. */
  readonly modelsDir: string;
  /** Folder of the built graphs. */
  readonly buildDir: string;
  /** Threads for the networks, in each child process. */
  readonly threads: number;
  readonly imageLimits: ImageLimits;
  readonly faceLimits: FaceLimits;
}

/** Per engine, the combination that did best. */
export const defaultNetworks: Readonly<Record<EngineName, NetworkChoice>> = {
  onnx: {
    looks: [
      { card: 'ultraface-128', share: 1, enough: 0.9, alone: true },
      { card: 'ultraface-320', share: 1, enough: 0.9, alone: false },
      { card: 'ultraface-320', share: 0.5, enough: 0.9, alone: false },
      { card: 'ssd-mobilenet-v1', share: 1, enough: 0.5, alone: false },
    ],
    landmarks: 'landmark-68-small',
    embedder: 'mobilefacenet-512',
  },
  tfjs: {
    looks: [
      { card: 'ssd-mobilenet-v1', share: 1, enough: 0.5, alone: false },
      { card: 'ssd-mobilenet-v1', share: 0.5, enough: 0.5, alone: false },
    ],
    landmarks: 'face-landmark-68',
    embedder: 'dlib-resnet-128',
  },
};

/** @param folders absolute paths */
export function faceSettings(
  folders: Pick<FaceSettings, 'modelsDir' | 'buildDir'>,
  engine: EngineName = 'onnx',
  changes: Partial<FaceSettings> = {},
): FaceSettings {
  return {
    engine,
    ...folders,
    ...defaultNetworks[engine],
    threads: 1,
    imageLimits: defaultImageLimits,
    faceLimits: defaultFaceLimits,
    ...changes,
  };
}
