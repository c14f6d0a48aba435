import type { Logger } from 'pino';
import type { Exclusive } from '../store/database/exclusive.js';
import type { EmbeddingModels } from '../store/embeddingModels.js';
import { turnToEnd } from './turnToEnd.js';
import { watchActiveModel } from './watchActive.js';

/** A switch of models reaches every process within this time, whatever becomes of the announcement. */
const lookForModelMs = 1_000;
/** A start takes a few seconds, of which most is the networks'. */
const backAgainMs = 30_000;

export interface ActiveModelFollower {
  /** Resolves when another model is the active one and this process is to end, to be started again with it. */
  readonly ended: Promise<void>;
  outdated(): boolean;
  close(): Promise<void>;
}

/**
 * After a switch processes end one after another, so that somebody always answers. Until its turn each goes on by the
 * model it has, whose set is kept: what it answers says so, and what it takes in is embedded anew later.
 */
export function followActiveModel(
  models: Pick<EmbeddingModels, 'active' | 'onAnnounced'>,
  exclusive: Exclusive,
  model: string,
  logger: Logger,
): ActiveModelFollower {
  const closing = new AbortController();
  let outdated = false;
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const switched = async (active: string) => {
    logger.warn({ event: 'model-switched', active });
    await turnToEnd(exclusive, backAgainMs, closing.signal);
    if (closing.signal.aborted) return;
    outdated = true;
    logger.warn({ event: 'ends-for-model', active });
    end();
  };
  const watch = watchActiveModel(models, model, { everyMs: lookForModelMs, switched });
  return {
    ended,
    outdated: () => outdated,
    async close() {
      closing.abort();
      await watch.close();
    },
  };
}
