import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createIntake } from '../../src/records/intake.js';
import { openStore } from '../../src/store/store.js';
import { folder, newComparison, now, storeOptions } from '../store/fixture.js';
import { directDatabase } from '../support/directDatabase.js';
import { onPostgres } from '../support/postgres.js';
import { caller, faceReader, record } from './transfer.js';

/** Every file of the store as it is on the disk now, journals included. */
function files(path: string): [name: string, bytes: Buffer][] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name))]);
}

/** With the database's content where it is in no file of the store. */
function everything(path: string): [name: string, bytes: Buffer][] {
  if (!onPostgres) return files(path);
  return [...files(path), ['records.db', directDatabase(join(path, 'records.db')).serialize()]];
}

test('no file of the store holds anything personal or secret in clear', async (t) => {
  const path = folder(t);
  const options = storeOptions(path);
  const store = await openStore(options);
  t.after(() => store.close());
  const intake = createIntake({ store, faces: faceReader(), clock: () => now });
  // Large enough to spill over many pages.
  const photo = randomBytes(60_000);
  const person = { ...caller, person: 'inspecteur.janssens' };
  const { documentId } = await intake.transfer({
    record: record(),
    photo: { bytes: photo },
    signature: { bytes: randomBytes(10_000) },
    caller: person,
    idempotencyKey: 'idempotency-plaintext-key',
  });
  const embedding = await store.documents.embedding(documentId, 'test-net@1');
  const opened = await store.documents.open(documentId);
  const comparison = newComparison(store, {
    detail: { reasons: ['detail-marker'] },
    probe: { photo: opened.photo, embedding: embedding!, retentionEnds: '2026-06-15' },
  });
  await store.comparisons.create(comparison);

  const { holder, document, production } = record();
  const texts = [
    holder.familyName,
    'Vandenbroucke',
    'VANDENBROUCKE',
    'Müller',
    ...holder.givenNames,
    'ANNEMARIE',
    holder.birthDate,
    holder.birthPlace,
    holder.registerNumber,
    '85073003328',
    document.number,
    production.application.sendingNumber,
    person.person,
    'application-1',
    'idempotency-plaintext-key',
    'detail-marker',
  ].map((text) => Buffer.from(text));
  const vector = Buffer.from(embedding!.buffer);
  const windows = (bytes: Buffer) =>
    Array.from({ length: Math.floor(bytes.length / 512) + 1 }, (_, n) =>
      bytes.subarray(n * 512, n * 512 + 16),
    );
  const planted = [
    ...texts,
    ...windows(Buffer.from(opened.photo)),
    ...windows(Buffer.from(opened.signature!)),
    vector.subarray(0, 16),
    vector.subarray(64, 80),
    Buffer.from(options.masterKey!),
    Buffer.from(options.lookupKey),
  ].filter((bytes) => bytes.length >= 4);

  const look = (moment: string, expected: RegExp[]) => {
    const found = everything(path);
    for (const name of expected)
      assert.ok(
        found.some(([file]) => name.test(file)),
        `${name} ${moment}`,
      );
    for (const [name, bytes] of found) {
      for (const secret of planted) {
        assert.equal(
          bytes.includes(secret),
          false,
          `${name} ${moment}: ${secret.toString('latin1').slice(0, 40)}`,
        );
      }
    }
    return found;
  };
  const open = look('while open', [
    /records\.db$/,
    ...(onPostgres ? [] : [/records\.db-wal$/]),
    /keyring\.db$/,
  ]);
  // The search finds what is there: the outcome is kept in clear.
  assert.ok(open.some(([, bytes]) => bytes.includes('consistent')));
  await store.close();
  look('once closed', [/records\.db$/, /keyring\.db$/]);
});
