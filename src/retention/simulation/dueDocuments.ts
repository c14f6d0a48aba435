import { plus } from '../../records/retention.js';
import type { Store } from '../../store/store.js';
import { syntheticDocument, syntheticHolder } from './people.js';

/** Days over which the documents were issued. */
export const issuedOverDays = 730;

/** Documents that share a transaction: the more, the less often a page of an index is written. */
const chunk = 20_000;

/**
 * Fills the store with documents issued over two years, two for each holder.
 *
 * @param from the first day of issue, `YYYY-MM-DD`.
 * @param done documents that an earlier call left there.
 */
export async function fillWithDue(
  store: Store,
  records: number,
  from: string,
  progress: (done: number) => void,
  done = 0,
): Promise<void> {
  for (let filled = done; filled < records; ) {
    const documents = Array.from({ length: Math.min(chunk, records - filled) }, (_, index) => {
      const number = filled + index;
      const day = plus(from, { days: Math.floor((number / records) * issuedOverDays) });
      return syntheticDocument(syntheticHolder(number >> 1), day, store.lookup);
    });
    await store.documents.createMany(documents);
    filled += documents.length;
    progress(filled);
  }
}
