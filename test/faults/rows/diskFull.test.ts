import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isFacematchError } from '../../../src/errors.js';
import { openStore } from '../../../src/store/store.js';
import { personIn } from '../../oversight/people.js';
import { newDocument, storeOptions } from '../../store/fixture.js';
import { requireCounts } from '../support/acknowledged.js';
import { folder } from '../support/cleanup.js';
import { fill, smallDisk } from '../support/disk.js';
import { fault } from '../support/fault.js';
import { compare, enrolOne, readComparison } from '../support/people.js';
import { serve } from '../support/served.js';

const row = 'disk full';
const problem = { type: '/problems/storage-full', status: 507 };

fault(row, 'the database’s, under the running service', { root: true }, async (t, tried) => {
  const place = folder(t);
  const disk = smallDisk(t, join(place, 'disk'), '12m');
  const service = await serve(t, place, { env: { FACEMATCH_DATABASE: join(disk, 'facematch.db') } });
  const people = await enrolOne(service);
  const kept: string[] = [];
  const first = await compare(service, people, people.genuine);
  assert.equal(first.status, 201);
  kept.push(first.body.comparisonId);

  fill(disk);
  let refused = 0;
  // What the write-ahead log has room for still succeeds; then nothing does.
  for (let n = 0; n < 60 && refused < 3; n++) {
    const { status, body, text } = await compare(service, people, people.genuine);
    if (status === 201) {
      kept.push(body.comparisonId);
      continue;
    }
    assert.deepEqual({ type: body.type, status }, problem);
    assert.doesNotMatch(text, /outcome|score|comparisonId/);
    refused += 1;
  }
  assert.equal(refused, 3);

  // A read is answered only where it can be recorded.
  const analyst = await personIn(service, 'fraud-analyst');
  const looks = [
    () => readComparison(service, kept[0] ?? ''),
    () => analyst.get(`/v1/comparisons/${kept[0]}/photos/probe`),
    () => analyst.get(`/v1/documents/${people.documentIds[0]}/photo`),
  ];
  for (const look of looks) {
    let answer = await look();
    for (let n = 0; n < 60 && answer.status === 200; n++) answer = await look();
    assert.deepEqual([answer.status, (answer.body as { type?: string }).type], [507, problem.type]);
    assert.doesNotMatch(answer.text, /outcome|score|JFIF/);
  }
  for (const path of ['/health/live', '/health/ready']) {
    assert.equal((await fetch(service.url + path)).status, 200, path);
  }

  rmSync(join(disk, 'ballast'));
  for (const id of kept) assert.equal((await readComparison(service, id)).status, 200);
  const after = await compare(service, people, people.genuine);
  assert.equal(after.status, 201);
  assert.equal((await service.stop()).status, 0);
  requireCounts(join(disk, 'facematch.db'));
  tried(
    `${refused} comparisons and 3 reads answered 507 with nothing in them; ${kept.length} kept; works again without a restart`,
  );
});

for (const which of ['database', 'keyring'] as const) {
  fault(row, `the ${which}’s: the store reads on and recovers`, { root: true }, async (t, tried) => {
    const place = folder(t);
    const disk = smallDisk(t, join(place, 'disk'), '4m');
    const options = storeOptions(place, {
      ...(which === 'database' && { databasePath: join(disk, 'records.db') }),
      ...(which === 'keyring' && {
        keyringPaths: [join(disk, 'keyring.db'), join(place, 'b', 'keyring.db')],
      }),
    });
    const store = await openStore(options);
    const kept: string[] = [];
    let month = 0;
    const write = async () => {
      // Another month each time: its keys have to be made.
      month += 1;
      const retentionEnds = `${2040 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-05`;
      const document = newDocument(store, { retentionEnds });
      await store.documents.create(document);
      kept.push(document.id);
    };
    for (let n = 0; n < 20; n++) await write();
    fill(disk);
    const codes: string[] = [];
    for (let n = 0; n < 600 && codes.length < 3; n++) {
      await write().catch((error: unknown) =>
        codes.push(isFacematchError(error) ? error.code : String(error)),
      );
    }
    assert.deepEqual(codes, ['storage-full', 'storage-full', 'storage-full']);
    for (const id of kept) assert.equal((await store.documents.open(id)).photo.length, 3000);
    rmSync(join(disk, 'ballast'));
    for (let n = 0; n < 5; n++) await write();
    const before = kept.length;
    await store.close();
    const again = await openStore(options);
    for (const id of kept) assert.equal((await again.documents.open(id)).photo.length, 3000);
    assert.equal((await again.stats()).documents, before);
    assert.ok((await again.audit.verify()).intact);
    assert.deepEqual((await again.keyring.verify()).damaged, []);
    await again.close();
    tried(`storage-full; ${before} documents read on the full disk and after it; writes work again at once`);
  });
}
