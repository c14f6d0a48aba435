import { openStore } from '../../src/store/store.js';
import { storeOptions } from '../store/fixture.js';
import { by, retentionOf, Time } from './support.js';

/** Opens the store at a later day and destroys what is due, a few records at a time; says when it begins. */
const [path = '', now = ''] = process.argv.slice(2);
const time = new Time(new Date(now));
process.stdout.write('opening\n');
const store = await openStore(storeOptions(path, { clock: time.clock }));
process.stdout.write('open\n');
await retentionOf(store, time, { batchSize: 7 }).run({ by });
process.stdout.write('done\n');
await store.close();
