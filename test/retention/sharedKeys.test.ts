import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { backupDatabase } from '../../src/backup/databaseBackup.js';
import { restore } from '../../src/backup/restore.js';
import { rotateMonthKeys } from '../../src/keys/rotation.js';
import { headSigner } from '../../src/oversight/auditHeads.js';
import { openStore } from '../../src/store/store.js';
import { code } from '../store/fixture.js';
import { keyKinds } from '../store/keyKinds.js';
import { testOfSqlite } from '../support/postgres.js';
import { by, enrolled, opened, retentionOf } from './support.js';

for (const kind of keyKinds.filter(({ shared }) => shared)) {
  if (kind.skip !== false) continue;

  testOfSqlite(
    'it restores a copy of the file',
    `${kind.name}: what retention destroys stays destroyed beside a restored database, and backups of the keyring are its own`,
    async (t) => {
      const { place } = await kind.home(t);
      const { store, options, path, time } = await opened(t, place);
      const [old, young] = await enrolled(store, '2006-06-10', '2016-06-10');
      await rotateMonthKeys(store, by, () => undefined);
      const copy = {
        databasePath: options.databasePath,
        to: join(path, 'copies'),
        now: time.now,
        version: '0',
      };
      const { folder } = await backupDatabase(copy);

      time.set('2026-07-01T00:00:00Z');
      const report = await retentionOf(store, time).run({ by });
      assert.equal(report.destroyed['document'], 1);
      assert.equal(report.damagedMonths, 0);
      const months = await store.keyring.months();
      assert.ok(months.every((month) => month >= '2026-07'));
      await assert.rejects(store.documents.open(old!.id), code('not-found'));
      assert.equal((await store.ledger.find(store.lookup.record(old!.id)))?.ground, 'retention over');
      await store.close();

      rmSync(options.databasePath);
      const restoring = {
        from: folder,
        store: options,
        signer: headSigner(randomBytes(32)),
        clock: time.clock,
        actor: 'operator-1',
      };
      await assert.rejects(restore({ ...restoring, keyringFrom: folder }), code('input-invalid'));
      assert.ok((await restore(restoring)).destroyedAgain >= 1);
      const restored = await openStore(options);
      t.after(() => restored.close());
      await assert.rejects(restored.documents.open(old!.id), code('not-found'));
      await restored.documents.open(young!.id);
      assert.equal((await restored.audit.verify()).intact, true);
      assert.equal(await restored.ledger.verify(), undefined);
      assert.deepEqual((await restored.keyring.verify()).damaged, []);
    },
  );
}
