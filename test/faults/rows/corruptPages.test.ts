import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, cpSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { packageRoot } from '../../../src/packageRoot.js';
import { personIn } from '../../oversight/people.js';
import { folder } from '../support/cleanup.js';
import { fault } from '../support/fault.js';
import { compare, enrolOne, readComparison } from '../support/people.js';
import { serve, until } from '../support/served.js';

const scribble = (file: string, at: number, bytes: Buffer) => {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
};

fault('corrupt blob', '200 random bytes in the middle of stored photos and records', {}, async (t, tried) => {
  const place = folder(t);
  const first = await serve(t, place);
  const people = await enrolOne(first);
  const [hit, spared] = [
    await compare(first, people, people.stranger),
    await compare(first, people, people.stranger),
  ];
  assert.equal((await first.stop()).status, 0);

  const database = join(place, 'facematch.db');
  const db = new Database(database, { readonly: true });
  const blob = (sql: string, id: string) => db.prepare(sql).pluck().get(id) as Buffer;
  const id = hit.body.comparisonId;
  const damaged = [
    blob(
      "select content from document_images where document_id = ? and kind = 'photo'",
      people.documentIds[0] ?? '',
    ),
    blob('select photo from probes where comparison_id = ?', id),
    blob('select detail from comparisons where id = ?', id),
  ];
  db.close();
  const all = readFileSync(database);
  for (const content of damaged) {
    const middle = Math.floor(content.length / 2);
    const at = all.indexOf(content.subarray(middle, middle + 100));
    assert.ok(at > 0);
    scribble(database, at, randomBytes(Math.min(100, content.length - middle)));
  }

  const service = await serve(t, place);
  const analyst = await personIn(service, 'fraud-analyst');
  const entries = async () => {
    const officer = await personIn(service, 'data-protection-officer');
    const { body } = await officer.get<{ entries: { outcome: string }[] }>('/v1/audit?limit=100');
    return body.entries.filter(({ outcome }) => outcome === 'integrity-failure').length;
  };
  const looks = [
    () => analyst.get(`/v1/documents/${people.documentIds[0]}/photo`),
    () => analyst.get(`/v1/comparisons/${id}/photos/probe`),
    () => readComparison(service, id),
  ];
  for (const [n, look] of looks.entries()) {
    const answer = await look();
    assert.deepEqual(
      [answer.status, (answer.body as { type?: string }).type],
      [500, '/problems/integrity-failure'],
      `${n}`,
    );
    assert.doesNotMatch(answer.text, /outcome|score|JFIF/);
  }
  assert.equal(await entries(), looks.length);
  assert.equal((await readComparison(service, spared.body.comparisonId)).status, 200);
  assert.equal((await analyst.get(`/v1/documents/${people.documentIds[1]}/photo`)).status, 200);
  assert.equal((await compare(service, people, people.genuine)).status, 201);
  tried('3 records: 500 integrity-failure each, with an entry in the trail; others read and compared');
});

fault(
  'corrupt page',
  'a b-tree page of the comparisons, under a store just started',
  {},
  async (t, tried) => {
    const place = folder(t);
    const first = await serve(t, place);
    const people = await enrolOne(first);
    const { body } = await compare(first, people, people.stranger);
    assert.equal((await first.stop()).status, 0);
    const database = join(place, 'facematch.db');
    const db = new Database(database, { readonly: true });
    const page = Number(
      db.prepare("select rootpage from sqlite_schema where name = 'comparisons'").pluck().get(),
    );
    const size = Number(db.pragma('page_size', { simple: true }));
    db.close();
    scribble(database, (page - 1) * size, randomBytes(size));

    const service = await serve(t, place).catch((error: unknown) => String(error));
    if (typeof service === 'string') {
      assert.match(service, /store-unavailable/);
      tried('refuses to start');
      return;
    }
    const answer = await readComparison(service, body.comparisonId);
    assert.deepEqual([answer.status, answer.body.type], [503, '/problems/store-unavailable']);
    await until(
      'the service is not ready',
      async () => (await fetch(`${service.url}/health/ready`)).status === 503,
    );
    const digest = () => {
      const files = [database, `${database}-wal`].map((file) => readFileSync(file));
      return createHash('sha256').update(Buffer.concat(files)).digest('hex');
    };
    const before = digest();
    const system = await personIn(service, 'transfer-system');
    const refused = [
      await compare(service, people, people.genuine),
      await system.get('/v1/comparisons/nothing'),
      await readComparison(service, body.comparisonId),
    ];
    for (const { status, body: said } of refused) {
      assert.deepEqual([status, (said as { type?: string }).type], [503, '/problems/store-unavailable']);
    }
    assert.equal(digest(), before, 'nothing is written any more');
    assert.equal((await fetch(`${service.url}/health/live`)).status, 200);
    assert.match(service.log(), /"event":"store-damaged"/);
    tried('503, not ready from then on, an alarm in the log, and not one more byte written');
  },
);

fault('corrupt model', 'a network cut short, before the start', {}, async (t, tried) => {
  const place = folder(t);
  const models = join(place, 'models');
  cpSync(join(packageRoot, 'models'), models, { recursive: true });
  const network = join(models, 'build', 'mobilefacenet-512.onnx');
  const hash = () => createHash('sha256').update(readFileSync(network)).digest('hex');
  const whole = hash();
  truncateSync(network, 100_000);
  const service = await serve(t, place, { env: { FACEMATCH_MODELS: models } });
  assert.match(service.said(), /Building the networks on first use/);
  assert.equal(hash(), whole);
  const people = await enrolOne(service);
  assert.equal((await compare(service, people, people.genuine)).body.outcome, 'consistent');
  tried('built again from the package it comes from, to the same SHA-256, before the service listens');
});
