import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { backupDatabase } from '../../src/backup/databaseBackup.js';
import { backupKeyring, pruneKeyringBackups } from '../../src/backup/keyringBackup.js';
import { type RestoreOptions, restore } from '../../src/backup/restore.js';
import { headSigner } from '../../src/oversight/auditHeads.js';
import { ledgerPaths } from '../../src/store/ledgerFiles.js';
import { openStore } from '../../src/store/store.js';
import { code, newComparison, newDocument } from '../store/fixture.js';
import { by, nothing, opened, retentionOf, rows } from './support.js';

const marker = 'MARKER-Vandenbroucke-1985';
const version = 'test';

/** A document and a comparison that carry the marker everywhere, a neighbour, and backups of database and keyring. */
async function planted(t: TestContext) {
  const { store, options, path, time } = await opened(t);
  const photo = Buffer.concat([randomBytes(500), Buffer.from(marker), randomBytes(9000)]);
  const vector = Float32Array.from({ length: 512 }, (_, n) => Math.sin(n + 1));
  const document = newDocument(store, {
    record: { holder: { familyName: marker } },
    photo,
    signature: photo,
    embedding: { model: 'net@1', vector },
    retentionEnds: '2026-06-10',
    identityKeys: [store.lookup.identity(marker)],
  });
  const comparison = newComparison(store, {
    detail: { marker },
    probe: { photo, embedding: vector, retentionEnds: '2026-06-10' },
    retentionEnds: '2026-06-10',
    idempotency: { key: store.lookup.idempotency('c', marker), fingerprint: randomBytes(32) },
  });
  const neighbour = newDocument(store);
  for (const one of [document, neighbour]) await store.documents.create(one);
  await store.comparisons.create(comparison);
  const secrets = traces(options.databasePath, document.id, comparison.id);
  const to = join(path, 'backups');
  const now = time.now;
  const database = await backupDatabase({ databasePath: options.databasePath, to, now, version });
  const keys = { keyring: store.keyring, ledger: store.ledger };
  const keyring = await backupKeyring({ ...keys, to: join(path, 'key-backups'), now, version });
  return { store, options, path, time, document, comparison, neighbour, secrets, database, keyring };
}

/** Everything that could lead back to the records: the marker, their look-up hashes, ciphertexts. */
function traces(databasePath: string, documentId: string, comparisonId: string): Buffer[] {
  const db = new Database(databasePath, { readonly: true });
  const all = (sql: string, id: string) => db.prepare(sql).raw().all(id) as unknown[][];
  const blobs = [
    ...all('select record, number_key, pixels_key, fingerprint from documents where id = ?', documentId),
    ...all('select content from document_images where document_id = ?', documentId),
    ...all('select vector from embeddings where document_id = ?', documentId),
    ...all('select identity_key from document_identity_keys where document_id = ?', documentId),
    ...all('select detail from comparisons where id = ?', comparisonId),
    ...all('select photo, embedding from probes where comparison_id = ?', comparisonId),
    ...all('select key, fingerprint from idempotency where resource_id = ?', comparisonId),
  ].flat() as Buffer[];
  db.close();
  // Long values are spread over pages: a piece of each is looked for.
  const pieces = blobs.map((blob) => Buffer.from(blob.subarray(-24)));
  return [Buffer.from(marker), Buffer.from(documentId), Buffer.from(comparisonId), ...pieces];
}

/** The wrapped keys of a month as a closed keyring holds them. */
function wrappedKeys(file: string, month: string): Buffer[] {
  const db = new Database(file, { readonly: true });
  const rowsOf = (sql: string) => db.prepare(sql).pluck().all(month) as Buffer[];
  const found = [
    ...rowsOf('select wrapped from data_keys where month = ?'),
    ...rowsOf('select wrapped from month_keys where month = ?'),
  ];
  db.close();
  return found;
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)],
  );
}

function found(files: readonly string[], secrets: readonly Buffer[]): string[] {
  return files.filter((file) => {
    const bytes = readFileSync(file);
    return secrets.some((secret) => bytes.includes(secret));
  });
}

test('after its time a planted marker and everything made of it is in no file, before the store is even closed', async (t) => {
  const { store, options, path, time, secrets, keyring } = await planted(t);
  const keys = wrappedKeys(join(keyring.folder, 'keyring.db'), '2026-06');
  assert.ok(keys.length >= 65 && secrets.length > 10);
  rmSync(join(path, 'backups'), { recursive: true });
  rmSync(join(path, 'key-backups'), { recursive: true });
  const live = () => filesBelow(path);
  assert.ok(found(live(), secrets.slice(3)).length > 0, 'the search itself works');

  time.set('2026-07-01T00:00:00Z');
  const report = await retentionOf(store, time).run({ by });
  assert.deepEqual(report.destroyed, { document: 1, probe: 1, comparison: 1 });
  assert.ok(report.checkpointed);
  assert.ok(
    live().some((file) => file.endsWith('-wal')),
    'the write-ahead log is searched too',
  );
  assert.deepEqual(found(live(), [...secrets, ...keys]), []);
  await store.close();
  assert.deepEqual(found(live(), [...secrets, ...keys]), []);
  assert.equal(rows(options.databasePath)['documents'], 1);
});

test('a backup from before the destruction opens nothing that was destroyed, neither as a file nor put in place', async (t) => {
  const { store, options, time, document, comparison, neighbour, database } = await planted(t);
  time.set('2026-07-01T00:00:00Z');
  await retentionOf(store, time).run({ by });
  const lostLater = newDocument(store);
  await store.documents.create(lostLater);
  await store.close();
  assert.deepEqual(found(filesBelow(database.folder), [Buffer.from(marker)]), []);

  const moved = `${options.databasePath}.lost`;
  renameSync(options.databasePath, moved);
  const restoring: RestoreOptions = {
    from: database.folder,
    store: options,
    signer: headSigner(randomBytes(32)),
    clock: time.clock,
    actor: 'operator-1',
  };
  const report = await restore(restoring);
  assert.equal(report.destroyedAgain, 3);
  assert.deepEqual(
    found([options.databasePath], [Buffer.from(document.id)]),
    [],
    'rows are gone, not only keys',
  );

  const restored = await openStore(options);
  t.after(() => restored.close());
  await assert.rejects(restored.documents.open(document.id), code('not-found'));
  await assert.rejects(restored.comparisons.get(comparison.id), code('not-found'));
  await restored.documents.open(neighbour.id);
  assert.ok((await restored.audit.verify()).intact);
  const [entry] = await restored.auditQuery.find({ action: 'store.restored' }, 0, 10);
  assert.equal(entry?.seq, report.auditSeq);
  assert.equal(entry.facts['destroyedAgain'], 3);
  await assert.rejects(restore(restoring), code('input-invalid'), 'never over a database in place');
  await retentionOf(restored, time).run({ by });
});

test('with an old keyring put back as well, the ledger destroys its keys again', async (t) => {
  const { store, options, time, document, neighbour, database, keyring } = await planted(t);
  time.set('2026-07-01T00:00:00Z');
  await retentionOf(store, time).run({ by });
  await store.close();
  rmSync(options.databasePath);
  for (const file of options.keyringPaths) rmSync(file);
  const restoring = {
    from: database.folder,
    keyringFrom: keyring.folder,
    store: options,
    signer: headSigner(randomBytes(32)),
    clock: time.clock,
    actor: 'operator-1',
  };
  const report = await restore(restoring);
  assert.equal(report.destroyedAgain, 3);
  const restored = await openStore(options);
  t.after(() => restored.close());
  await assert.rejects(restored.documents.open(document.id), code('not-found'));
  await restored.documents.open(neighbour.id);
  assert.ok(!(await restored.keyring.months()).includes('2026-06' as never));
});

test('a restored database does not open without the ledger, nor beside an older one', async (t) => {
  const { store, options, path, time, database, keyring } = await planted(t);
  time.set('2026-07-01T00:00:00Z');
  await retentionOf(store, time).run({ by });
  await store.close();
  const ledgers = ledgerPaths(options.keyringPaths);
  const kept = ledgers.map((file) => readFileSync(file));

  for (const file of ledgers) rmSync(file);
  await assert.rejects(openStore(options), code('ledger-invalid'));
  renameSync(options.databasePath, join(path, 'lost'));
  cpSync(join(database.folder, 'facematch.db'), options.databasePath);
  await assert.rejects(openStore(options), code('ledger-invalid'), 'copied by hand');
  rmSync(options.databasePath);
  const restoring = {
    from: database.folder,
    store: options,
    signer: headSigner(randomBytes(32)),
    clock: time.clock,
    actor: 'operator-1',
  };
  await assert.rejects(restore(restoring), code('ledger-invalid'));
  assert.deepEqual(found(filesBelow(path), [Buffer.from('restoring')]), []);

  // The newest copy of a lost ledger can be believed, but only by saying so.
  const report = await restore({ ...restoring, ledgerFrom: keyring.folder });
  assert.equal(report.destroyedAgain, 0, 'that copy is from before the destruction');
  renameSync(options.databasePath, join(path, 'restored'));

  renameSync(join(path, 'lost'), options.databasePath);
  await assert.rejects(openStore(options), code('ledger-invalid'), 'the database has seen more of it');
  for (const [index, file] of ledgers.entries()) writeFileSync(file, kept[index]!);
  await (await openStore(options)).close();
});

test('one copy of the ledger that stayed behind catches up; two that contradict each other are refused', async (t) => {
  const { store, options, time } = await planted(t);
  const [first, second] = ledgerPaths(options.keyringPaths);
  await store.close();
  const early = readFileSync(second);
  const again = await openStore(options);
  time.set('2026-07-01T00:00:00Z');
  await retentionOf(again, time).run({ by });
  await again.close();
  const full = readFileSync(second);
  writeFileSync(second, early);
  await (await openStore(options)).close();
  const seqs = [first, second].map((file) => {
    const db = new Database(file, { readonly: true });
    const all = db.prepare('select seq, hash from batches order by seq').all();
    db.close();
    return all;
  });
  assert.deepEqual(seqs[0], seqs[1]);
  writeFileSync(second, full);
  const db = new Database(second);
  db.prepare('update batches set hash = ? where seq = (select max(seq) from batches)').run(randomBytes(32));
  db.close();
  await assert.rejects(openStore(options), code('ledger-invalid'));
});

test('a backup that was cut short, changed, or is of another kind is refused; nothing is put in place', async (t) => {
  const { store, options, path, time, database, keyring } = await planted(t);
  await store.close();
  renameSync(options.databasePath, join(path, 'moved'));
  const restoring = {
    store: options,
    signer: headSigner(randomBytes(32)),
    clock: time.clock,
    actor: 'operator-1',
  };
  const changes: [string, (folder: string) => void][] = [
    ['no manifest', (folder) => rmSync(join(folder, 'manifest.json'))],
    ['a changed byte', (folder) => writeFileSync(join(folder, 'facematch.db'), 'x', { flag: 'a' })],
    ['a missing file', (folder) => rmSync(join(folder, 'facematch.db'))],
    ['a manifest that is none', (folder) => writeFileSync(join(folder, 'manifest.json'), '{}')],
  ];
  for (const [name, change] of changes) {
    const from = join(path, name);
    cpSync(database.folder, from, { recursive: true });
    change(from);
    await assert.rejects(restore({ ...restoring, from }), code('backup-invalid'), name);
  }
  await assert.rejects(restore({ ...restoring, from: keyring.folder }), code('backup-invalid'));
  assert.ok(!filesBelow(path).some((file) => file.includes('.restoring')));
  await restore({ ...restoring, from: database.folder });
  assert.equal(rows(options.databasePath)['documents'], 2);
});

test('a backup taken while records are written holds all that was acknowledged before', async (t) => {
  const { store, options, path, time } = await opened(t);
  const acknowledged: string[] = [];
  let stop = false;
  const writing = (async () => {
    while (!stop) {
      const document = newDocument(store);
      await store.documents.create(document);
      acknowledged.push(document.id);
    }
  })();
  while (acknowledged.length < 20) await new Promise((resolve) => setTimeout(resolve, 5));
  const before = [...acknowledged];
  const source = { databasePath: options.databasePath, to: join(path, 'backups'), now: time.now, version };
  const { folder } = await backupDatabase(source);
  stop = true;
  await writing;
  await store.close();
  renameSync(options.databasePath, join(path, 'moved'));
  await restore({
    from: folder,
    store: options,
    signer: headSigner(randomBytes(32)),
    clock: time.clock,
    actor: 'operator-1',
  });
  const restored = await openStore(options);
  t.after(() => restored.close());
  for (const id of before) await restored.documents.open(id);
  assert.ok((await restored.audit.verify()).intact);
});

test('copies of the keyring go after their days', async (t) => {
  const { store, path, time } = await opened(t);
  const to = join(path, 'key-backups');
  const parts = { keyring: store.keyring, ledger: store.ledger, to, version };
  for (const day of ['2026-03-01', '2026-03-20', '2026-04-05']) {
    await backupKeyring({ ...parts, now: new Date(`${day}T00:00:00Z`) });
  }
  assert.equal(await pruneKeyringBackups(to, new Date('2026-04-06T00:00:00Z'), 30), 1);
  assert.deepEqual(readdirSync(to), ['keyring-20260320T000000Z', 'keyring-20260405T000000Z']);
  assert.deepEqual(rows(storePath(path)), nothing);
  assert.ok(time);
});

const storePath = (path: string) => join(path, 'records.db');
