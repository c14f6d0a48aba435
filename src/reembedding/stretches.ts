import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddingSurvey, SurveyedDocument } from '../store/embeddingSurvey.js';

/** Documents that are asked for at once: two to three milliseconds of the event loop on a file. */
const stretch = 256;
/** After each stretch everything else has the event loop and the database for so many times what it took. */
const restShare = 4;

/** All documents after `from` in the order of their ids, those that come meanwhile included. */
export async function* stretches(
  survey: EmbeddingSurvey,
  { model, from, triedBefore }: { model: string; from: string; triedBefore: string },
): AsyncGenerator<SurveyedDocument[]> {
  for (let after = from; ; ) {
    const began = performance.now();
    const documents = await survey.survey(model, after, stretch, triedBefore);
    const last = documents.at(-1);
    if (last === undefined) return;
    after = last.id;
    const took = performance.now() - began;
    yield documents;
    await sleep(restShare * took);
  }
}
