import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { openStore, type Store } from '../../src/store/store.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { folder, newDocument, storeOptions } from './fixture.js';

const skip = withoutPostgres;
let postgres: PrivatePostgres;
before(async () => {
  // Nobody counts the rows meanwhile, as for the first minute after a copy or a restore.
  if (!skip) postgres = await PrivatePostgres.start(['autovacuum=off']);
});
after(() => postgres?.dispose());

/** Of the keys, so few fit in so few pages that reading them is right. */
const tables = ['documents', 'embeddings'];

test('a look-up of tables whose rows were never counted reads none of them whole', { skip }, async (t) => {
  const databaseUrl = postgres.createDatabase('uncounted');
  const options = storeOptions(folder(t), { databaseUrl });
  const opened = async (use: (store: Store) => Promise<void>) => {
    const store = await openStore(options);
    await use(store).finally(() => store.close());
  };
  /** What closed connections have told. */
  const scans = async () => {
    const [row] = await postgres.query<{ whole: string; looked: string }>(
      `select sum(seq_scan) as whole, sum(idx_scan) as looked from pg_stat_user_tables
       where relname in (${tables.map((table) => `'${table}'`).join()})`,
      'uncounted',
    );
    return { whole: Number(row!.whole), looked: Number(row!.looked) };
  };
  const registerKey = randomBytes(32);
  const identityKeys = [randomBytes(32), randomBytes(32)];
  const numberKeys = [randomBytes(32), randomBytes(32)];
  await opened(async (store) => {
    for (const numberKey of numberKeys) {
      await store.documents.create(newDocument(store, { registerKey, identityKeys, numberKey }));
    }
    const record = { remarks: 'x'.repeat(1_500) };
    await Promise.all(
      Array.from({ length: 600 }, () => store.documents.create(newDocument(store, { record }))),
    );
  });
  await opened(async () => {});
  const start = await scans();
  await opened(async () => {});
  const opening = await scans();
  const times = 20;
  await opened(async (store) => {
    for (let i = 0; i < times; i++) {
      const found = await store.documents.candidates(
        { register: registerKey, identity: identityKeys, numbers: numberKeys },
        'net@1',
      );
      assert.equal(found.ofHolders.length, 2);
      assert.equal(found.byIdentity.length, 2);
      assert.ok(found.ofHolders.every(({ sealed }) => sealed.vector !== null));
    }
  });
  const end = await scans();
  assert.equal(end.whole - opening.whole, opening.whole - start.whole);
  assert.ok(end.looked - opening.looked >= times, 'by indexes');
});
