import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createAnonymousRefusals } from '../../src/oversight/anonymousRefusals.js';
import {
  createAuditHeads,
  headSigner,
  headVerifies,
  keptHead,
  readHeads,
} from '../../src/oversight/auditHeads.js';
import { verifyTrail } from '../../src/oversight/auditVerification.js';
import { AuditReader } from '../../src/store/auditReader.js';
import { monthOf } from '../../src/store/month.js';
import { openForReading } from '../../src/store/recordReader.js';
import { openStore } from '../../src/store/store.js';
import { folder, now, storeOptions } from '../store/fixture.js';
import { directDatabase } from '../support/directDatabase.js';

const signer = headSigner(randomBytes(32));
const entry = (n: number) => ({
  client: 'office-app',
  actor: `clerk-${n % 2}`,
  role: 'office',
  ground: 'the law',
  onBehalfOf: { application: `gent\0A-${n % 3}` },
  action: 'comparison.read',
  subject: { record: randomUUID() },
  outcome: 'done',
  facts: { n },
});

async function trailOf(t: TestContext, count: number, clock = () => now) {
  const path = folder(t);
  const options = storeOptions(path, { clock });
  const store = await openStore(options);
  t.after(() => store.close());
  const file = join(path, 'heads.jsonl');
  const heads = createAuditHeads({
    trail: store.audit,
    signer,
    clock,
    file,
    failed: (error) => assert.fail(String(error)),
  });
  for (let n = 0; n < count; n++) await store.audit.append(entry(n));
  return { options, store, heads, file };
}

function edit(path: string, ...statements: string[]) {
  const db = directDatabase(path);
  for (const trigger of ['audit_is_never_updated', 'audit_is_never_deleted']) {
    db.exec(`drop trigger if exists ${trigger}`);
  }
  for (const trigger of ['audit_heads_are_never_updated', 'audit_heads_are_never_deleted']) {
    db.exec(`drop trigger if exists ${trigger}`);
  }
  for (const statement of statements) db.exec(statement);
  db.close();
}

test('an entry says who, in which role, for whom, why, what and how it ended, and its names are not in the file', async (t) => {
  const { store, options } = await trailOf(t, 4);
  const [line] = await store.auditQuery.find({ person: 'clerk-1' }, 0, 10);
  assert.equal(line!.actor, 'clerk-1');
  assert.deepEqual(
    [line!.client, line!.role, line!.ground, line!.action, line!.outcome, line!.onBehalfOf!.kind],
    ['office-app', 'office', 'the law', 'comparison.read', 'done', 'application'],
  );
  assert.equal((await store.auditQuery.find({ person: 'clerk-9' }, 0, 10)).length, 0);
  assert.equal((await store.auditQuery.find({ onBehalfOf: { application: 'gent\0A-0' } }, 0, 10)).length, 2);
  assert.equal((await store.auditQuery.find({ subject: { record: 'nobody' } }, 0, 10)).length, 0);
  assert.deepEqual(
    (await store.auditQuery.find({ from: now.toISOString() }, 1, 2)).map(({ seq }) => seq),
    [2, 3],
  );
  for (const suffix of ['', '-wal']) {
    const file = options.databasePath + suffix;
    if (existsSync(file)) assert.ok(!readFileSync(file).includes('clerk-'));
  }
});

test('staff identifiers go with their month: the trail stays whole and no longer says who', async (t) => {
  let clock = new Date('2026-01-20T10:00:00Z');
  const { store, heads, options } = await trailOf(t, 2, () => clock);
  clock = new Date('2026-02-03T10:00:00Z');
  await store.audit.append(entry(1));
  await heads.signHead();
  const [january] = await store.auditQuery.find({}, 0, 1);
  const february = (await store.auditQuery.find({}, 2, 1))[0]!;
  assert.equal(january!.actor, 'clerk-0');
  const { key_id, retention_ends } = periodOf(options.databasePath, '2026-01');
  await store.keyring.destroyKeys(monthOf(retention_ends), [key_id]);
  assert.equal((await store.auditQuery.find({}, 0, 1))[0]!.actor, undefined);
  assert.equal((await store.auditQuery.find({}, 2, 1))[0]!.actor, february.actor);
  assert.deepEqual(
    (await store.auditQuery.find({ person: 'clerk-1' }, 0, 10)).map(({ seq }) => seq),
    [3],
  );
  assert.ok((await verifyTrail(store.audit, { publicKey: signer.publicKey })).intact);
});

function periodOf(path: string, month: string) {
  const db = directDatabase(path, { readonly: true });
  const row = db.prepare('select key_id, retention_ends from audit_periods where month = ?').get(month);
  db.close();
  return row as { key_id: string; retention_ends: string };
}

test('a head is signed with Ed25519, kept in the database and in a file of its own', async (t) => {
  const { store, heads, file } = await trailOf(t, 3);
  const head = await heads.signHead();
  assert.equal(head.seq, 3);
  assert.ok(headVerifies(keptHead(head)));
  for (const change of [{ seq: 2 }, { at: '2026-01-01T00:00:00.000Z' }, { hash: 'ab'.repeat(32) }]) {
    assert.ok(!headVerifies(keptHead({ ...head, ...change })));
  }
  assert.deepEqual(await store.audit.heads(), [keptHead(head)]);
  await heads.signHead();
  assert.equal((await readHeads(file)).length, 1, 'nothing new, nothing added');
  assert.deepEqual(await verifyTrail(store.audit, { publicKey: signer.publicKey }), {
    intact: true,
    entries: 3,
    signedUpTo: 3,
    heads: 1,
    restores: 0,
  });
});

const forgeries: [name: string, fault: string, statements: string[]][] = [
  ['an edit', 'chain-broken', ["update audit set outcome = 'x' where seq = 2"]],
  ['another role', 'chain-broken', ["update audit set role = 'supervisor' where seq = 2"]],
  ['another ground', 'chain-broken', ["update audit set ground = 'none' where seq = 2"]],
  ['another inquiry', 'chain-broken', ['update audit set behalf_key = zeroblob(32) where seq = 2']],
  ['an older format', 'chain-broken', ['update audit set format = 1 where seq = 2']],
  ['a removal', 'chain-broken', ['delete from audit where seq = 2']],
  ['a cut end', 'truncated', ['delete from audit where seq > 3']],
  [
    'a cut end with its head',
    'truncated',
    ['delete from audit where seq > 3', 'delete from audit_heads where seq > 3'],
  ],
  ['a forged signature', 'signature-invalid', ['update audit_heads set signature = zeroblob(64)']],
  ['every head removed', 'unsigned', ['delete from audit_heads']],
  ['a name removed', 'name-missing', ['delete from audit_people']],
];
for (const [name, fault, statements] of forgeries) {
  test(`verification finds ${name}`, async (t) => {
    const { options, store, heads, file } = await trailOf(t, 3);
    await heads.signHead();
    for (let n = 0; n < 3; n++) await store.audit.append(entry(n));
    await heads.signHead();
    edit(options.databasePath, ...statements);
    const elsewhere = fault === 'unsigned' ? [] : await readHeads(file);
    const connection = await openForReading(options);
    t.after(() => connection.close());
    const result = await verifyTrail(new AuditReader(connection), {
      publicKey: signer.publicKey,
      heads: elsewhere,
    });
    assert.ok(!result.intact);
    assert.equal(result.fault, fault);
  });
}

test('a trail written anew is found by a head kept elsewhere, and another key does not help', async (t) => {
  const { store, heads, file } = await trailOf(t, 3);
  await heads.signHead();
  const { store: forged } = await trailOf(t, 5);
  const other = headSigner(randomBytes(32));
  await forged.audit.keepHead(other.sign({ ...(await forged.audit.position()), at: now.toISOString() }));
  const kept = await readHeads(file);
  const against = await verifyTrail(forged.audit, { publicKey: signer.publicKey, heads: kept });
  assert.deepEqual(against, { intact: false, fault: 'head-differs', seq: 3 });
  const alone = await verifyTrail(forged.audit, { publicKey: signer.publicKey });
  assert.deepEqual(alone, { intact: false, fault: 'unsigned', seq: 5 });
  assert.ok((await verifyTrail(store.audit, { publicKey: signer.publicKey, heads: kept })).intact);
});

test('a restore that is itself under a signature is no truncation; one that is not, is', async (t) => {
  const { store: lost, heads: signed, file } = await trailOf(t, 6);
  await signed.signHead();
  await lost.close();
  const { store, heads } = await trailOf(t, 4, () => new Date(now.getTime() + 60_000));
  const restored = { client: 'operator', actor: 'op-1', action: 'store.restored', outcome: 'done' };
  await store.audit.append(restored);
  const elsewhere = await readHeads(file);
  const options = { publicKey: signer.publicKey, heads: elsewhere };
  assert.equal((await verifyTrail(store.audit, options)).intact, false);
  await heads.signHead();
  const result = await verifyTrail(store.audit, options);
  assert.ok(result.intact);
  assert.equal(result.restores, 1);
});

test('refusals without a token are counted and written together, and none is lost when writing fails', async () => {
  const written: { action: string; outcome: string; count: unknown }[] = [];
  let full = true;
  const failures: unknown[] = [];
  const refusals = createAnonymousRefusals(
    {
      async append({ action, outcome, facts }) {
        if (full) throw new Error('full');
        written.push({ action, outcome, count: facts?.['count'] });
      },
    },
    (error) => failures.push(error),
  );
  for (let n = 0; n < 50; n++) refusals.count('audit.list', 'invalid-token');
  await refusals.close();
  assert.equal(failures.length, 1);
  full = false;
  refusals.count('audit.list', 'invalid-token');
  await refusals.close();
  assert.deepEqual(written, [{ action: 'audit.list', outcome: 'invalid-token', count: 51 }]);
});
