import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type ErrorCode, FacematchError } from '../../src/errors.js';
import type { NewComparison, NewDocument, NewProbe, Store, StoreOptions } from '../../src/store/store.js';
import { databaseUrlFor } from '../support/postgres.js';

export const now = new Date('2026-03-15T10:00:00.000Z');

/** A folder that goes away with the test. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'facematch-store-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function storeOptions(path: string, change: Partial<StoreOptions> = {}): StoreOptions {
  return {
    databasePath: join(path, 'records.db'),
    databaseUrl: databaseUrlFor(path),
    keyringPaths: [join(path, 'a', 'keyring.db'), join(path, 'b', 'keyring.db')],
    masterKey: Buffer.from('m8mIQ3zqg3pMJ2Qyqj0hE5r4mB0m8nH0m6b2w3dF8aE=', 'base64'),
    lookupKey: Buffer.from('Xr1Yd4V0o0nNn0g9wq3m8uJd1Jt1u0cQh5m0w0p1o2U=', 'base64'),
    clock: () => now,
    ...change,
  };
}

export function newDocument(store: Pick<Store, 'lookup'>, change: Partial<NewDocument> = {}): NewDocument {
  const id = randomUUID();
  return {
    id,
    type: 'passport',
    issuedOn: '2020-05-05',
    retentionEnds: '2040-05-05',
    numberKey: store.lookup.documentNumber(id),
    identityKeys: [store.lookup.identity(id)],
    pixelsKey: store.lookup.pixels(randomBytes(32)),
    fingerprint: store.lookup.fingerprint(randomBytes(32)),
    record: { holder: { familyName: 'Peeters' } },
    photo: randomBytes(3000),
    signature: randomBytes(500),
    embedding: { model: 'net@1', vector: Float32Array.of(0.6, -0.8, 0) },
    audit: { client: 'production', actor: 'clerk-1', action: 'document.transfer', outcome: 'created' },
    ...change,
  };
}

export function newComparison(
  store: Pick<Store, 'lookup'>,
  change: Partial<NewComparison> & { readonly probe?: NewProbe | undefined } = {},
): NewComparison & { readonly probe?: NewProbe | undefined } {
  return {
    id: randomUUID(),
    applicationKey: store.lookup.application('application-1'),
    office: 'Gent',
    outcome: 'consistent',
    createdAt: now.toISOString(),
    model: 'net@1',
    calibration: 'net@1/2026',
    policy: 'policy@1',
    retentionEnds: '2046-03-15',
    detail: { fused: 0.71 },
    probe: { photo: randomBytes(2000), embedding: Float32Array.of(1, 0), retentionEnds: '2026-06-15' },
    audit: {
      client: 'office',
      actor: 'clerk-2',
      action: 'comparison.create',
      subject: { application: 'application-1' },
      outcome: 'consistent',
    },
    ...change,
  };
}

/** For `assert.throws` and `assert.rejects`. */
export const code =
  (...codes: ErrorCode[]) =>
  (error: unknown) =>
    error instanceof FacematchError && codes.includes(error.code);
