import assert from 'node:assert/strict';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { personIn } from '../../oversight/people.js';
import { folder } from '../support/cleanup.js';
import { fill, smallDisk } from '../support/disk.js';
import { fault } from '../support/fault.js';
import { compare, enrolOne, readComparison } from '../support/people.js';
import { serve } from '../support/served.js';

const row = 'audit unwritable';

fault(row, 'the database takes no entry', {}, async (t, tried) => {
  const place = folder(t);
  const service = await serve(t, place);
  const people = await enrolOne(service);
  const { body } = await compare(service, people, people.stranger);
  const [analyst, system, office] = [
    await personIn(service, 'fraud-analyst'),
    await personIn(service, 'transfer-system'),
    await personIn(service, 'office'),
  ];
  const calls = {
    'a comparison': () => compare(service, people, people.genuine),
    'a read': () => readComparison(service, body.comparisonId),
    'scores and evidence': () => analyst.get(`/v1/comparisons/${body.comparisonId}`),
    'the photo of a comparison': () => analyst.get(`/v1/comparisons/${body.comparisonId}/photos/probe`),
    'the photo of a document': () => analyst.get(`/v1/documents/${people.documentIds[0]}/photo`),
    'a claim': () => analyst.post(`/v1/reviews/${body.review?.reviewId}/claim`, {}),
    'a refusal': () => system.get(`/v1/comparisons/${body.comparisonId}`),
    'what is not there': () => office.get('/v1/comparisons/nothing'),
  };
  const database = join(place, 'facematch.db');
  const other = new Database(database);
  const entries = () => Number(other.prepare('select count(*) from audit').pluck().get());
  const before = entries();
  other.exec('begin immediate');
  for (const [name, call] of Object.entries(calls)) {
    const answer = await call();
    const said = answer.body as { type?: string };
    assert.deepEqual([answer.status, said.type], [503, '/problems/store-unavailable'], name);
    assert.ok(Number(answer.headers.get('retry-after')) > 0, name);
    assert.doesNotMatch(answer.text, /outcome|score|JFIF|comparisonId/, name);
  }
  other.exec('rollback');
  assert.equal(entries(), before);
  const statuses = await Promise.all(Object.values(calls).map(async (call) => (await call()).status));
  assert.deepEqual(statuses, [201, 200, 200, 200, 200, 200, 403, 404]);
  assert.ok(entries() >= before + statuses.length);
  other.close();
  tried(
    `${statuses.length} kinds of requests: 503 with Retry-After and nothing of the record; afterwards answered and recorded`,
  );
});

fault(row, 'the file of signed heads is on a full disk', { root: true }, async (t, tried) => {
  const place = folder(t);
  const disk = smallDisk(t, join(place, 'heads'), '64k');
  const service = await serve(t, place, { env: { FACEMATCH_AUDIT_HEADS: join(disk, 'heads.ndjson') } });
  const people = await enrolOne(service);
  fill(disk);
  const officer = await personIn(service, 'data-protection-officer');
  let head = await officer.get('/v1/audit/head');
  // The last page of the file has room for some more.
  for (let n = 0; n < 30 && head.status === 200; n++) head = await officer.get('/v1/audit/head');
  assert.deepEqual([head.status, head.body.type], [507, '/problems/storage-full']);
  assert.equal((await compare(service, people, people.genuine)).status, 201);
  assert.equal((await service.stop()).status, 0);
  assert.match(service.log(), /"event":"audit-not-written"/);
  tried('signing answers 507, comparisons go on, stopping says in the log that the last head was not kept');
});
