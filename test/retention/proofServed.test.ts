import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { formOf, personIn } from '../oversight/people.js';
import { applicationOf, inventHolder, photo, recordOf } from '../support/office.js';
import { derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService } from '../support/service.js';

const marker = 'Verdwijnmarker';
const day = 24 * 60 * 60 * 1000;

function filesBelow(path: string): string[] {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Ciphertexts, look-up hashes and the id of a document, as they stand in the database. */
function tracesOf(databasePath: string, id: string): Buffer[] {
  const db = new Database(databasePath, { readonly: true });
  const all = (sql: string) => db.prepare(sql).raw().all(id).flat() as Buffer[];
  const blobs = [
    ...all('select record, number_key, pixels_key, fingerprint from documents where id = ?'),
    ...all('select content from document_images where document_id = ?'),
    ...all('select vector from embeddings where document_id = ?'),
  ];
  db.close();
  return [Buffer.from(id), ...blobs.map((blob) => Buffer.from(blob.subarray(-24)))];
}

test('what a service destroyed is in none of its files, its temporary files and its log', async (t) => {
  const temporary = mkdtempSync(join(tmpdir(), 'facematch-temporary-'));
  const before = process.env['TMPDIR'];
  // The processes that read photos inherit it.
  process.env['TMPDIR'] = temporary;
  t.after(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(temporary, { recursive: true, force: true });
  });
  const place = join(temporary, 'store');
  mkdirSync(place);
  let now = new Date();
  const service = await startTestService({}, { clock: () => now, folder: place });
  t.after(() => service.dispose());

  const face = await portraitOf('1-right');
  const today = now.toISOString().slice(0, 10);
  const issuedOn = new Date(now.getTime() - 170 * day).toISOString().slice(0, 10);
  const holder = inventHolder(marker, ['Dina'], [[issuedOn, photo(face)]]);
  const record = recordOf(holder, holder.passports[0]!);
  const emergency = {
    ...record,
    document: {
      ...record.document,
      type: 'eu-emergency-travel-document',
      role: 'assisting-state',
      expiresOn: today,
    },
  };
  const system = await personIn(service, 'transfer-system');
  const made = await system.post<{ documentId: string }>(
    '/v1/documents',
    formOf('record', emergency, { photo: face, signature: face }),
    { 'idempotency-key': 'verdwijn-1' },
  );
  assert.equal(made.status, 201, made.text);
  const { documentId } = made.body;
  const office = await personIn(service, 'office');
  const compared = await office.post(
    '/v1/comparisons',
    formOf('application', applicationOf({ as: holder }, 4711), {
      photo: await derivedPortraitOf('3-middle'),
    }),
  );
  assert.equal(compared.status, 201, compared.text);

  const { database } = service.config.store;
  const secrets = [Buffer.from(marker), Buffer.from(marker.toUpperCase()), ...tracesOf(database, documentId)];
  assert.ok(secrets.length >= 9);
  const found = () => {
    const files = filesBelow(temporary).filter((file) =>
      secrets.some((secret) => readFileSync(file).includes(secret)),
    );
    const log = service.log.join('\n');
    return [
      ...files,
      ...secrets.filter((secret) => log.includes(secret.toString('latin1'))).map(() => 'log'),
    ];
  };
  assert.ok(
    found().some((file) => file.startsWith(database)),
    'the search itself works',
  );

  now = new Date(now.getTime() + 11 * day);
  const operator = await personIn(service, 'operator');
  const started = await operator.post('/v1/operations/retention-runs', {
    override: { reason: 'the clock of a test' },
  });
  assert.equal(started.status, 202, started.text);
  let run: { outcome: string; destroyed: Record<string, number> } | undefined;
  while (run === undefined || run.outcome === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { body } = await operator.get<{ runs: (typeof run)[] }>('/v1/operations/retention-runs');
    run = body.runs[0]!;
  }
  assert.deepEqual([run.outcome, run.destroyed], ['done', { document: 1 }]);
  assert.deepEqual(found(), [], 'while the service runs');
  await service.close(2000);
  assert.deepEqual(found(), [], 'after it stopped');
});
