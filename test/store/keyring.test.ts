import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { masterKey } from '../../src/store/crypto/keys.js';
import { FileKeyring } from '../../src/store/fileKeyring.js';
import type { KeyringBinding } from '../../src/store/keyring.js';
import type { Month } from '../../src/store/month.js';
import { code, folder, now } from './fixture.js';

const master = masterKey(randomBytes(32));
const march = '2046-03' as Month;
const april = '2046-04' as Month;
const refusedKeyring = code('keyring-invalid');

function place(t: TestContext) {
  const path = folder(t);
  const paths = [join(path, 'a.db'), join(path, 'b.db')] as const;
  const openWith = (expected: KeyringBinding | undefined, key = master) =>
    FileKeyring.open({ paths, masterKey: key, expected, clock: () => now });
  return { path, paths, openWith };
}

/** A closed keyring with three used keys, as a database would remember it. */
async function made(t: TestContext) {
  const where = place(t);
  const keyring = where.openWith(undefined);
  const keys = [await keyring.reserve(march), await keyring.reserve(march), await keyring.reserve(april)];
  await keyring.close();
  const bound = { id: keyring.id, generation: Math.max(...keys.map((key) => key.generation)) };
  return { ...where, keys, bound };
}

function contents(path: string) {
  const db = new Database(path, { readonly: true });
  const rows = ['keyring', 'month_keys', 'data_keys', 'destroyed'].map((table) =>
    db.prepare(`select * from ${table}`).all(),
  );
  db.close();
  return rows;
}

function edit(path: string, sql: string, ...values: unknown[]) {
  const db = new Database(path);
  db.prepare(sql).run(...values);
  db.close();
}

/** Refuses to open, and leaves both files as they were, byte for byte. */
function assertRefused(paths: readonly string[], open: () => FileKeyring) {
  const before = paths.map((path) => readFileSync(path));
  assert.throws(() => open().close(), refusedKeyring);
  assert.deepEqual(
    paths.map((path) => readFileSync(path)),
    before,
  );
}

test('keys come back after reopening, each its own, and both copies hold the same', async (t) => {
  const { openWith, keys, bound, paths } = await made(t);
  const keyring = openWith(bound);
  for (const { id, month, key } of keys) assert.deepEqual(await keyring.open(id, month), key);
  await keyring.close();
  assert.equal(new Set(keys.map(({ key }) => Buffer.from(key).toString('hex'))).size, 3);
  assert.deepEqual(contents(paths[0]), contents(paths[1]));
});

test('one commit serves a block of keys', async (t) => {
  const keyring = place(t).openWith(undefined);
  t.after(() => keyring.close());
  const generations = new Set<number>();
  for (let n = 0; n < 65; n++) generations.add((await keyring.reserve(march)).generation);
  assert.equal(generations.size, 2);
});

test('no key is in either file in clear', async (t) => {
  const { keys, paths } = await made(t);
  for (const path of paths) {
    const bytes = readFileSync(path);
    for (const { key } of keys) assert.equal(bytes.includes(Buffer.from(key)), false);
    assert.equal(bytes.includes(Buffer.from(master)), false);
  }
});

test('a key opens only under the month it was made for', async (t) => {
  const { openWith, keys, bound } = await made(t);
  const keyring = openWith(bound);
  t.after(() => keyring.close());
  await assert.rejects(keyring.open(keys[0]!.id, april), code('integrity-failure'));
  await assert.rejects(keyring.open('unknown', march), code('integrity-failure'));
});

test('a wrong master key is refused', async (t) => {
  const { paths, openWith, bound } = await made(t);
  assertRefused(paths, () => openWith(bound, masterKey(randomBytes(32))));
});

for (const copy of [0, 1] as const) {
  test(`copy ${copy}: missing, empty, cut, scribbled on, or readable by others is refused`, async (t) => {
    const { paths, openWith, bound, path } = await made(t);
    const file = paths[copy];
    const kept = join(path, 'kept');
    cpSync(file, kept);
    rmSync(file);
    assert.throws(() => openWith(bound).close(), refusedKeyring);
    assert.throws(() => readFileSync(file), { code: 'ENOENT' });
    const damage: [string, () => void][] = [
      ['empty', () => truncateSync(file, 0)],
      ['cut', () => truncateSync(file, 8192)],
      ['header', () => writeFileSync(file, randomBytes(100), { flag: 'r+' })],
      ['mode', () => chmodSync(file, 0o644)],
    ];
    for (const [name, apply] of damage) {
      cpSync(kept, file);
      chmodSync(file, 0o600);
      apply();
      t.diagnostic(name);
      assertRefused(paths, () => openWith(bound));
    }
  });

  test(`copy ${copy}: one flipped bit in a month key or the check of the master key is refused`, async (t) => {
    const { paths, openWith, bound } = await made(t);
    const intact = readFileSync(paths[copy]);
    const db = new Database(paths[copy], { readonly: true });
    const wrapped = [
      db.prepare('select wrapped from month_keys where month = ?').pluck().get(march),
      db.prepare('select master_check from keyring').pluck().get(),
    ] as Buffer[];
    db.close();
    for (const blob of wrapped) {
      const at = intact.indexOf(blob);
      assert.ok(at > 0);
      const flipped = Buffer.from(intact);
      flipped[at + 20] = flipped[at + 20]! ^ 4;
      writeFileSync(paths[copy], flipped);
      assertRefused(paths, () => openWith(bound));
    }
    writeFileSync(paths[copy], intact);
    openWith(bound).close();
  });

  test(`copy ${copy}: a flipped bit in a data key is read from the other copy, and verification finds it`, async (t) => {
    const { paths, openWith, bound, keys } = await made(t);
    const sql = 'select wrapped from data_keys where key_id = ?';
    const db = new Database(paths[copy]);
    const wrapped = db.prepare(sql).pluck().get(keys[0]!.id) as Buffer;
    wrapped[20] = wrapped[20]! ^ 4;
    db.prepare('update data_keys set wrapped = ? where key_id = ?').run(wrapped, keys[0]!.id);
    db.close();
    const keyring = openWith(bound);
    t.after(() => keyring.close());
    assert.deepEqual(await keyring.open(keys[0]!.id, march), keys[0]!.key);
    assert.deepEqual((await keyring.verify()).damaged, [{ copy: ['main', 'mirror'][copy], month: march }]);
  });

  test(`copy ${copy} restored from an older backup gets the newer keys again, and destroyed ones stay so`, async (t) => {
    const { paths, openWith, bound, keys, path } = await made(t);
    const old = join(path, 'old');
    cpSync(paths[copy], old);
    let keyring = openWith(bound);
    await keyring.destroyKeys(march, [keys[0]!.id]);
    await keyring.destroyMonth(april);
    const later = await keyring.reserve('2046-05' as Month);
    await keyring.close();
    cpSync(old, paths[copy]);

    keyring = openWith({ ...bound, generation: later.generation });
    await assert.rejects(keyring.open(keys[0]!.id, march), code('not-found'));
    await assert.rejects(keyring.open(keys[2]!.id, april), code('not-found'));
    assert.deepEqual(await keyring.open(keys[1]!.id, march), keys[1]!.key);
    assert.deepEqual(await keyring.open(later.id, later.month), later.key);
    await keyring.close();
    assert.deepEqual(contents(paths[0]), contents(paths[1]));
  });
}

test('a stray key that does not open cannot spread to the other copy', async (t) => {
  const { paths, openWith, bound } = await made(t);
  edit(paths[1], 'insert into data_keys values (?, ?, ?)', march, 'stray', randomBytes(61));
  const db = new Database(paths[0]);
  const keys = Number(db.prepare('select count(*) from data_keys').pluck().get());
  db.close();
  const keyring = openWith(bound);
  assert.deepEqual(await keyring.verify(), { keys, damaged: [{ copy: 'mirror', month: march }] });
  // From here on the copies differ for another reason, and are reconciled.
  const later = await keyring.reserve(april);
  await keyring.close();
  edit(paths[0], 'update keyring set generation = generation + 1');
  edit(paths[0], 'update month_keys set keys = keys + 1 where month = ?', march);
  assertRefused(paths, () => openWith({ ...bound, generation: later.generation }));
});

test('a keyring opens by its months, however many keys it holds', async (t) => {
  const { openWith, bound } = await made(t);
  let keyring = openWith(bound);
  /** What opening takes by itself: the least of several, as other work only adds to it. */
  const opening = async () => {
    const took: number[] = [];
    for (let n = 0; n < 9; n++) {
      await keyring.close();
      const started = performance.now();
      keyring = openWith(bound);
      took.push(performance.now() - started);
    }
    return Math.min(...took);
  };
  const few = await opening();
  for (let n = 0; n < 10; n++) await keyring.prepare(march, 3000);
  const many = await opening();
  t.after(() => keyring.close());
  assert.equal((await keyring.state()).keys, 30_128);
  t.diagnostic(`${few.toFixed(1)} ms with 128 keys, ${many.toFixed(1)} ms with 30,128`);
  // 235 times as many keys.
  assert.ok(many < 10 * few, `${few} ms, then ${many} ms`);
});

test('both copies put back from an older backup are refused', async (t) => {
  const { paths, openWith, bound } = await made(t);
  const older = paths.map((path) => readFileSync(path));
  const keyring = openWith(bound);
  const { generation } = await keyring.reserve('2046-05' as Month);
  await keyring.close();
  for (const [index, path] of paths.entries()) writeFileSync(path, older[index]!);
  assertRefused(paths, () => openWith({ ...bound, generation }));
});

test("another database's keyring is refused, whole or as one copy", async (t) => {
  const first = await made(t);
  const second = await made(t);
  assertRefused(first.paths, () => first.openWith(second.bound));
  cpSync(second.paths[1], first.paths[1]);
  assertRefused(first.paths, () => first.openWith(first.bound));
});

test('a used keyring is refused beside a new database', async (t) => {
  const { paths, openWith } = await made(t);
  assertRefused(paths, () => openWith(undefined));
});

test('two paths to one file are refused', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'a.db'), '', { mode: 0o600 });
  symlinkSync(join(path, 'a.db'), join(path, 'b.db'));
  assert.throws(
    () =>
      FileKeyring.open({
        paths: [join(path, 'a.db'), join(path, 'b.db')],
        masterKey: master,
        expected: undefined,
        clock: () => now,
      }),
    refusedKeyring,
  );
});

test('a second opener is told that the keyring is in use', async (t) => {
  const { openWith, bound } = await made(t);
  const keyring = openWith(bound);
  assert.throws(() => openWith(bound), code('store-unavailable'));
  await keyring.close();
  openWith(bound).close();
});

test('keys under a hold outlive their month, and go when the hold does', async (t) => {
  const { openWith, bound, keys, paths } = await made(t);
  let keyring = openWith(bound);
  await keyring.destroyMonth(march, [keys[0]!.id]);
  await keyring.close();
  keyring = openWith(bound);
  assert.deepEqual(await keyring.open(keys[0]!.id, march), keys[0]!.key);
  await assert.rejects(keyring.open(keys[1]!.id, march), code('not-found'));
  assert.deepEqual(await keyring.months(), [april]);
  assert.deepEqual((await keyring.verify()).damaged, []);
  await keyring.destroyKeys(march, [keys[0]!.id]);
  await assert.rejects(keyring.open(keys[0]!.id, march), code('not-found'));
  assert.deepEqual((await keyring.verify()).damaged, []);
  await keyring.close();
  assert.deepEqual(contents(paths[0]), contents(paths[1]));
});

test('another master key, and another month key, wrap what was wrapped before', async (t) => {
  const { openWith, bound, keys, paths } = await made(t);
  const fresh = masterKey(randomBytes(32));
  let keyring = openWith(bound);
  await keyring.rotateMonth(march);
  await keyring.rotateMaster(fresh);
  const added = await keyring.reserve(march);
  await keyring.close();
  assertRefused(paths, () => openWith(bound));
  keyring = openWith(bound, fresh);
  t.after(() => keyring.close());
  for (const { id, month, key } of [...keys, added]) assert.deepEqual(await keyring.open(id, month), key);
  assert.deepEqual((await keyring.verify()).damaged, []);
});

test('a destroyed key is in neither file, and its month takes no new record', async (t) => {
  const { openWith, bound, keys, paths } = await made(t);
  const wrapped = (sql: string, id: string) => {
    const db = new Database(paths[0], { readonly: true });
    const blob = db.prepare(sql).pluck().get(id) as Buffer;
    db.close();
    return blob;
  };
  const gone = [
    wrapped('select wrapped from data_keys where key_id = ?', keys[0]!.id),
    wrapped('select wrapped from month_keys where month = ?', april),
    wrapped('select wrapped from data_keys where key_id = ?', keys[2]!.id),
  ];
  const keyring = openWith(bound);
  for (let twice = 0; twice < 2; twice++) {
    await keyring.destroyKeys(march, [keys[0]!.id]);
    await keyring.destroyMonth(april);
  }
  await assert.rejects(keyring.open(keys[0]!.id, march), code('not-found'));
  await assert.rejects(keyring.open(keys[2]!.id, april), code('not-found'));
  await assert.rejects(keyring.reserve(april), code('retention-over'));
  assert.deepEqual(await keyring.open(keys[1]!.id, march), keys[1]!.key);
  const files = [...paths, ...paths.map((path) => `${path}-journal`)];
  for (const file of files) {
    const bytes = readFileSync(file);
    for (const blob of gone) assert.equal(bytes.includes(blob), false, file);
  }
  await keyring.close();
});
