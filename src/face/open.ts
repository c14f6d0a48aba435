import { FacematchError } from '../errors.js';
import { loadCards, type ModelCard, requireCard } from '../models/card.js';
import type { Engine } from './engine/engine.js';
import { createPipeline, type Pipeline } from './pipeline.js';
import type { EngineName, FaceSettings } from './settings.js';

interface EngineOptions {
  readonly cards: readonly ModelCard[];
  readonly seldom: ReadonlySet<ModelCard>;
  readonly buildDir: string;
  readonly threads: number;
}

/** Loaded on demand: importing TensorFlow.js takes a second that the other engine need not spend. */
const engines: Readonly<Record<EngineName, (options: EngineOptions) => Promise<Engine>>> = {
  onnx: async (options) => (await import('./engine/onnx.js')).createOnnxEngine(options),
  tfjs: async ({ cards }) => (await import('./engine/tfjs.js')).createTfjsEngine({ cards }),
};

/**
 * Loads the networks and puts the pipeline together. It decodes untrusted images in this very process: services
 * go through `pool/` instead.
 * @throws {FacematchError} `card-invalid`, `model-unknown`, `config-invalid` (a card in the wrong role),
 *   `model-missing`, `model-corrupt`, `engine-unsupported`
 */
export async function openPipeline(settings: FaceSettings): Promise<Pipeline> {
  const cards = loadCards(settings.modelsDir);
  const looks = settings.looks.map(({ card, share, enough, alone }) => ({
    card: inRole(requireCard(cards, card), 'detector'),
    share,
    enough,
    alone,
  }));
  const landmarks = inRole(requireCard(cards, settings.landmarks), 'landmarks');
  const embedder = inRole(requireCard(cards, settings.embedder), 'embedder');
  const needed = new Set<ModelCard>([...looks.map((look) => look.card), landmarks, embedder]);
  // A detector of later looks alone hardly ever sees a photo, and is the largest network.
  const seldom = new Set<ModelCard>(looks.map(({ card }) => card).filter((card) => card !== looks[0]?.card));
  const { buildDir, threads, imageLimits, faceLimits } = settings;
  const engine = await engines[settings.engine]({ cards: [...needed], seldom, buildDir, threads });
  return createPipeline({ engine, looks, landmarks, embedder, imageLimits, faceLimits });
}

/** @throws {FacematchError} `config-invalid` */
export function inRole<R extends ModelCard['role']>(
  card: ModelCard,
  role: R,
): Extract<ModelCard, { role: R }> {
  if (isInRole(card, role)) return card;
  throw new FacematchError(
    'config-invalid',
    `The network ${card.id} is no ${role}: its role is ${card.role}.`,
    {
      model: card.id,
      role,
    },
  );
}

function isInRole<R extends ModelCard['role']>(
  card: ModelCard,
  role: R,
): card is Extract<ModelCard, { role: R }> {
  return card.role === role;
}

/** Ids of all networks that these settings need, each once. */
export function networksOf({ looks, landmarks, embedder }: FaceSettings): string[] {
  return [...new Set([...looks.map(({ card }) => card), landmarks, embedder])];
}
