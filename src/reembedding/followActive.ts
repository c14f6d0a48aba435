import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddingModels } from '../store/embeddingModels.js';
import { onceASecond } from './onceASecond.js';

/** Rows at a time: moments on a file. */
const batch = 128;
/** After each batch everything else has the event loop and the database for so many times what it took. */
const restShare = 4;

/**
 * After a switch: all documents say what the active model made of their photos, while comparisons go on.
 *
 * @returns whether it came to the end.
 * @throws FacematchError `store-unavailable`, `storage-full`
 */
export async function followActive(
  models: Pick<EmbeddingModels, 'follow'>,
  makeWay: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> {
  const wanted = onceASecond(makeWay);
  for (let after: string | undefined = ''; after !== undefined; ) {
    if (signal.aborted || (await wanted())) return false;
    const began = performance.now();
    after = await models.follow(after, batch);
    await sleep(restShare * (performance.now() - began));
  }
  return true;
}
