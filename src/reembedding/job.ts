import type { Job } from '../jobs/job.js';
import type { Exclusive } from '../store/database/exclusive.js';
import type { EmbeddingModels } from '../store/embeddingModels.js';
import { isChanging, reembeddingJob } from './changing.js';
import type { Completion } from './completion.js';
import { followActive } from './followActive.js';

const quarterOfAnHour = 15 * 60 * 1000;

export interface CompletedSet {
  readonly completion: Pick<Completion, 'run'>;
  /** Told when a look found nothing more to do. */
  readonly complete: () => Promise<void>;
}

/**
 * Embeds what models have not seen of the kept photos while the service serves: for the active model what came without
 * its embedding, as after a switch; then for the one that is made ready beside it. Whoever changes the models by hand
 * goes before.
 */
export function reembedding(parts: {
  readonly models: Pick<EmbeddingModels, 'active' | 'follow'>;
  readonly exclusive: Exclusive;
  /** `id@version` of the model this process serves with. */
  readonly active: string;
  readonly sets: readonly CompletedSet[];
}): Job {
  const { models, exclusive, active, sets } = parts;
  const changing = () => isChanging(exclusive);
  let followed = false;
  return {
    name: reembeddingJob,
    failedEvent: 're-embedding-failed',
    everyMs: quarterOfAnHour,
    // What is missing is embedded when it is first compared, so that a start need not wait for it.
    firstAfterMs: 0,
    retries: 3,
    retryAfterMs: 60_000,
    async run(signal) {
      const state = await models.active();
      // Switched: what is to be done is for the process that starts in the place of this one.
      if (state?.active !== active || (await changing())) return;
      // A switch ends every process, so that once is enough.
      followed ||= state.previous === undefined || (await followActive(models, changing, signal));
      if (!followed) return;
      for (const { completion, complete } of sets) {
        if (signal.aborted || (await models.active())?.active !== active) return;
        const ended = await completion.run(signal);
        if (ended === 'complete') await complete();
        if (ended === 'gave-way') return;
      }
    },
  };
}
