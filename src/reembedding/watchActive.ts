import { isFacematchError } from '../errors.js';
import type { EmbeddingModels } from '../store/embeddingModels.js';

export interface ModelWatch {
  close(): Promise<void>;
}

/**
 * Tells once when another model became the active one: at once where the database says so, at the next look otherwise.
 *
 * @param everyMs between looks.
 */
export function watchActiveModel(
  models: Pick<EmbeddingModels, 'active' | 'onAnnounced'>,
  model: string,
  { everyMs, switched }: { readonly everyMs: number; readonly switched: (active: string) => void },
): ModelWatch {
  let told = false;
  const look = async () => {
    if (told) return;
    const active = await models.active().catch((error: unknown) => {
      // A database that cannot be asked now is asked again.
      if (isFacematchError(error)) return undefined;
      throw error;
    });
    if (told || active === undefined || active.active === model) return;
    told = true;
    switched(active.active);
  };
  let looking = false;
  // One look at a time: a database that does not answer would soon have every connection waiting for it.
  const lookAgain = async () => {
    if (looking) return;
    looking = true;
    await look().finally(() => {
      looking = false;
    });
  };
  const timer = setInterval(lookAgain, everyMs);
  timer.unref();
  const stop = models.onAnnounced(lookAgain);
  return {
    async close() {
      told = true;
      clearInterval(timer);
      await stop();
    },
  };
}
