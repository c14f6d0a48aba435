import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { backupDatabase } from '../../../src/backup/databaseBackup.js';
import { backupKeyring, pruneKeyringBackups } from '../../../src/backup/keyringBackup.js';
import { openStore } from '../../../src/store/store.js';
import { by, retentionOf, Time } from '../../retention/support.js';
import { newDocument, storeOptions } from '../../store/fixture.js';
import { folder } from '../support/cleanup.js';
import { fault } from '../support/fault.js';

const marker = 'MARKER-Vandenbroucke-1985';
const version = 'test';

const filesBelow = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

fault(
  'destruction proof',
  'in backups of database and keyring too; a second run changes nothing',
  {},
  async (t, tried) => {
    const path = folder(t);
    const time = new Time();
    const options = storeOptions(path, { clock: time.clock });
    let store = await openStore(options);
    const photo = Buffer.concat([randomBytes(500), Buffer.from(marker), randomBytes(9000)]);
    const document = newDocument(store, {
      record: { holder: { familyName: marker } },
      photo,
      retentionEnds: '2026-06-10',
    });
    await store.documents.create(document);
    await store.documents.create(newDocument(store));
    await store.close();
    // The keys as they lie in a closed keyring: wrapped, for the month and for each record of it.
    const keyring = new Database(options.keyringPaths[0], { readonly: true });
    const wrapped = ['data_keys', 'month_keys'].flatMap(
      (table) =>
        keyring.prepare(`select wrapped from ${table} where month = '2026-06'`).pluck().all() as Buffer[],
    );
    keyring.close();
    assert.ok(wrapped.length >= 65);

    store = await openStore(options);
    const [to, keysTo] = [join(path, 'backups'), join(path, 'key-backups')];
    for (const each of [to, keysTo]) mkdirSync(each);
    const back = async () => {
      const now = time.now;
      await backupDatabase({ databasePath: options.databasePath, to, now, version });
      await backupKeyring({ keyring: store.keyring, ledger: store.ledger, to: keysTo, now, version });
    };
    await back();
    const hits = (places: readonly string[], secrets: readonly Uint8Array[]) =>
      places.flatMap(filesBelow).filter((file) => {
        const bytes = readFileSync(file);
        return secrets.some((secret) => bytes.includes(Buffer.from(secret)));
      });
    // Even before: nothing in clear anywhere, and no key beside what it opens.
    assert.deepEqual(hits([path], [Buffer.from(marker)]), []);
    assert.deepEqual(hits([to], wrapped), []);
    assert.ok(hits([keysTo], wrapped).length > 0, 'the search itself works');

    time.set('2026-07-01T00:00:00Z');
    const first = await retentionOf(store, time).run({ by });
    assert.deepEqual(first.destroyed, { document: 1 });
    const live = [join(path, 'a'), join(path, 'b')];
    assert.deepEqual(hits(live, wrapped), []);
    // Copies of the keyring go after their days; those of the database may stay for ever.
    time.set('2026-08-01T00:00:00Z');
    await back();
    assert.equal(await pruneKeyringBackups(keysTo, time.now, 30), 1);
    assert.deepEqual(hits([path], [Buffer.from(marker), ...wrapped]), []);

    const again = await retentionOf(store, time).run({ by });
    assert.deepEqual([again.destroyed, again.months, again.held], [{}, 0, 0]);
    assert.equal((await store.stats()).documents, 1);
    await store.close();
    const reopened = await openStore(options);
    assert.equal(reopened.resumed, 0);
    await reopened.close();
    tried(
      `${wrapped.length} wrapped keys and a marker: 0 hits in ${filesBelow(path).length} files; the second run destroyed nothing`,
    );
  },
);
