import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { applicationOf, inventHolder, officeOf, photo } from '../support/office.js';
import { derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService } from '../support/service.js';

test('after enrolments and comparisons, no file and no log line holds personal data in clear', async () => {
  const service = await startTestService();
  const scopes = ['documents:write', 'comparisons:write', 'comparisons:read', 'comparisons:evidence'];
  const office = officeOf(service, await service.token(scopes, { person: 'clerk-marker-77' }));
  const first = await portraitOf('1-right');
  const holder = inventHolder('Xyzzymarker', ['Plughmarker'], [['2010-01-01', photo(first)]]);
  await office.enrol(holder);
  const probe = await derivedPortraitOf('3-middle');
  const application = {
    ...applicationOf({ as: holder }, 9001),
    applicationId: 'A-marker-9001',
    birthPlace: 'Markerstad',
  };
  const { body } = await office.compare(application, probe);
  assert.equal(body.outcome, 'consistent');
  await office.read(body.comparisonId);
  const refused = await office.compare({ ...application, familyName: 7, surplus: 'Leakmarker' }, probe);
  assert.equal(refused.status, 422);

  const embedding = await service.faces.read({ bytes: first });
  assert.equal(embedding.kind, 'embedded');
  const vector =
    embedding.kind === 'embedded' ? Buffer.from(embedding.embedding.buffer).subarray(0, 24) : Buffer.alloc(0);
  const stripped = embedding.kind === 'embedded' ? Buffer.from(embedding.image.stripped) : Buffer.alloc(0);
  const digest = embedding.kind === 'embedded' ? Buffer.from(embedding.image.pixelDigest) : Buffer.alloc(0);
  const middle = (bytes: Buffer) =>
    bytes.subarray(Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 24);
  const markers: [string, Buffer][] = [
    ...[
      'Xyzzymarker',
      'XYZZYMARKER',
      'Plughmarker',
      'Markerstad',
      'A-marker-9001',
      'clerk-marker-77',
      'Leakmarker',
    ].map((text): [string, Buffer] => [text, Buffer.from(text)]),
    ['register number', Buffer.from(holder.registerNumber)],
    ['document number', Buffer.from(holder.passports[0]!.number)],
    ['photo', middle(stripped)],
    ['probe', middle(probe)],
    ['embedding', vector],
    ['pixel digest', digest],
  ];

  const look = async (when: string): Promise<number> => {
    const files = (await readdir(service.folder, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    for (const file of files) {
      const content = await readFile(join(file.parentPath, file.name));
      for (const [name, marker] of markers) {
        assert.equal(content.indexOf(marker), -1, `${name} stands in clear in ${file.name} ${when}`);
      }
    }
    return files.length;
  };
  assert.ok(
    (await look('while the service runs')) >= 4,
    'database, WAL and two keyrings are there to be searched',
  );
  const log = service.log.join('\n');
  assert.ok(log.includes('/v1/comparisons'), 'the log was written');
  for (const [name, marker] of markers)
    assert.ok(!log.includes(marker.toString('latin1')), `${name} is in the log`);
  await service.close();
  await look('after it stopped');
  await service.dispose();
});
