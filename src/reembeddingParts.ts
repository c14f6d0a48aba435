import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import { createFacePool, type FacePool } from './face/pool/face-pool.js';
import { poolDefaults } from './face/pool/options.js';
import type { Job } from './jobs/job.js';
import { type Networks, poolOptionsOf } from './networks.js';
import { cardOf } from './reembedding/activeModel.js';
import { isChanging } from './reembedding/changing.js';
import { Completion, type SetFigures } from './reembedding/completion.js';
import { counterFirst } from './reembedding/counterFirst.js';
import { createSetFigures } from './reembedding/figures.js';
import { type CompletedSet, reembedding } from './reembedding/job.js';
import { isCalibrated, prepareNext } from './reembedding/nextEmbedder.js';
import type { Made } from './reembedding/tally.js';
import type { Exclusive } from './store/database/exclusive.js';
import type { Store } from './store/store.js';

/** What is done behind everything else may take so many times as long as where somebody waits for it. */
const patience = 15;
/** For the photo at hand when the service stops. */
const closeDeadlineMs = 3_000;
const by = { client: 'facematch', actor: 're-embedding' };

export interface ReembeddingParts {
  readonly config: Config;
  /** Of the active model. */
  readonly networks: Networks;
  /** Reads the photos that somebody waits for. */
  readonly faces: Pick<FacePool, 'stats'>;
  readonly store: Store;
  readonly exclusive: Exclusive;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly say: (line: string) => void;
}

/**
 * The part of the object graph that completes sets of embeddings while the service serves.
 *
 * @throws FacematchError `config-invalid` where the next embedder cannot be had, `storage-full`
 */
export async function createReembedding(parts: ReembeddingParts): Promise<Job> {
  const { config, networks, store, exclusive, registry, say } = parts;
  const next = await prepareNext(config, networks, say);
  const figures = createSetFigures(registry);
  if (next !== undefined) tellNext(next, parts);
  return reembedding({
    models: store.models,
    exclusive,
    active: networks.embedder,
    sets: [networks, ...(next === undefined ? [] : [next])].map((of) => setOf(of, parts, figures)),
  });
}

/** One child behind everything else, isolated as the others are. */
export function openBackground(config: Config, networks: Networks): Promise<FacePool> {
  const options = poolOptionsOf(config, networks);
  return createFacePool({
    ...options,
    children: 1,
    // A photo that ends its child takes no other one along.
    maxBatch: 1,
    niceness: 19,
    deadlineMs: patience * config.pool.deadlineMs,
    startDeadlineMs: patience * poolDefaults.startDeadlineMs,
    closeDeadlineMs,
  });
}

function tellNext(next: Networks, { logger, say }: Pick<ReembeddingParts, 'logger' | 'say'>): void {
  const calibrated = isCalibrated(next);
  logger.info({ event: 'next-embedder', model: next.embedder, calibrated: calibrated === true });
  say(`The set of ${next.embedder} is made ready beside the active one.`);
  if (calibrated !== true) say(`There is no switch to it yet: ${calibrated}`);
}

function setOf(
  networks: Networks,
  { config, networks: active, faces, store, exclusive, clock, logger }: ReembeddingParts,
  figures: (model: string, figures: SetFigures) => void,
): CompletedSet {
  const model = networks.embedder;
  const isNext = networks !== active;
  let told: SetFigures | undefined;
  let worked = false;
  const completion = new Completion({
    model,
    kept: store,
    openPool: () => openBackground(config, networks),
    turn: counterFirst(faces),
    makeWay: () => isChanging(exclusive),
    figures: (now) => {
      told = now;
      figures(model, now);
    },
    started: async (left) => {
      worked = true;
      logger.info({ event: 're-embedding-started', model, left });
      // So that a run that is killed is in the trail too.
      await store.audit.append({ ...by, action: 'model.reembed', outcome: 'begun', facts: { model, left } });
    },
    // Which one, "facematch reembed" says: ids of documents are in no log.
    unread: (code) => logger.warn({ event: 're-embedding-unread', model, code }),
    made: async (made: Made) => {
      logger.info({ event: 're-embedding-made', model, ...made });
      const facts = { model, embedded: made.embedded + made.withoutFace, unread: made.unread };
      await store.audit.append({ ...by, action: 'model.reembed', outcome: 'done', facts });
    },
    clock,
    now: Date.now,
  });
  return {
    completion,
    complete: async () => {
      const unread = told?.unread ?? 0;
      const entry = { event: 're-embedding-complete', model, documents: told?.documents, unread };
      if (unread > 0) logger.warn(entry);
      // That the active model has seen everything is as it should be.
      else if (isNext || worked) logger.info({ ...entry, ...(isNext && whatNext(networks)) });
      worked = false;
    },
  };
}

/** What an operator does with a complete set. */
function whatNext(networks: Networks): { readonly next: string } {
  const calibrated = isCalibrated(networks);
  const command = `facematch reembed --model ${cardOf(networks.embedder)} --switch`;
  return { next: calibrated === true ? command : calibrated };
}
