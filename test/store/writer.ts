import { openStore } from '../../src/store/store.js';
import { newComparison, newDocument, storeOptions } from './fixture.js';

/** Writes documents and comparisons one after another and names each one on its output once it is acknowledged. */
const [path = '', count = 'Infinity'] = process.argv.slice(2);
const store = await openStore(storeOptions(path));
process.stdout.write('open\n');
for (let n = 0; n < Number(count); n++) {
  // Months change so that blocks of keys are made under way.
  const month = String((n % 12) + 1).padStart(2, '0');
  const retentionEnds = `${2040 + (Math.floor(n / 12) % 50)}-${month}-05`;
  const { documentId } = await store.documents.create(newDocument(store, { retentionEnds }));
  process.stdout.write(`document ${documentId}\n`);
  const { id } = await store.comparisons.create(newComparison(store, { retentionEnds }));
  process.stdout.write(`comparison ${id}\n`);
}
await store.close();
