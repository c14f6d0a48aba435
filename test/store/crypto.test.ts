import assert from 'node:assert/strict';
import { createHmac, randomBytes, webcrypto } from 'node:crypto';
import { test } from 'node:test';
import { open, seal } from '../../src/store/crypto/aead.js';
import { wrappingKey } from '../../src/store/crypto/derive.js';
import { lookupKey, masterKey } from '../../src/store/crypto/keys.js';
import { lookupKeys } from '../../src/store/lookup.js';
import { code } from './fixture.js';

const key = new Uint8Array(randomBytes(32));
const binding = { record: 'record-1', field: 'document.photo', key: 'key-1' };
const plaintext = new TextEncoder().encode('the stripped photo');
/** Made with Python's cryptography package: key 00..1f, nonce 64..6f. */
const sealedByAnotherTool =
  '016465666768696a6b6c6d6e6f3c73bb460a9d24f74e123a8cfa15029236adf4e57c1d0a3aaaf687eec47b80d96c5f';
const integrity = code('integrity-failure');

/** The associated data as the format documents it, written down apart from the code under test. */
function associatedData(parts: string[]): Uint8Array {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(part));
      return [length, Buffer.from(part)];
    }),
  );
}

test('what is sealed opens again, and never looks the same twice', () => {
  const first = seal(key, plaintext, binding);
  assert.deepEqual(open(key, first, binding), plaintext);
  assert.notDeepEqual(seal(key, plaintext, binding), first);
  assert.equal(first.length, plaintext.length + 1 + 12 + 16);
  assert.deepEqual(open(key, seal(key, new Uint8Array(0), binding), binding), new Uint8Array(0));
});

test('the format is AES-256-GCM as another implementation reads it', async () => {
  const sealed = seal(key, plaintext, binding);
  const imported = await webcrypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
  const opened = await webcrypto.subtle.decrypt(
    {
      name: 'AES-GCM',
      iv: sealed.subarray(1, 13),
      tagLength: 128,
      additionalData: associatedData(['passport-facematch', '1', 'key-1', 'record-1', 'document.photo']),
    },
    imported,
    sealed.subarray(13),
  );
  assert.deepEqual(new Uint8Array(opened), plaintext);
});

test('version 1 ciphertexts open for as long as the format is read', () => {
  const sealed = Buffer.from(sealedByAnotherTool, 'hex');
  const known = Uint8Array.from({ length: 32 }, (_, index) => index);
  assert.deepEqual(open(known, sealed, binding), plaintext);
});

test('a change of any byte, or a missing one, fails alike', () => {
  const sealed = seal(key, plaintext, binding);
  for (let index = 0; index < sealed.length; index++) {
    const changed = Uint8Array.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    assert.throws(() => open(key, changed, binding), integrity, `byte ${index}`);
    assert.throws(() => open(key, sealed.subarray(0, index), binding), integrity, `cut at ${index}`);
  }
});

test('a tag cut to four bytes is refused', () => {
  const sealed = seal(key, plaintext, binding);
  assert.throws(() => open(key, sealed.subarray(0, sealed.length - 12), binding), integrity);
});

test('another key, record, field or key id does not open it', () => {
  const sealed = seal(key, plaintext, binding);
  for (const change of [{ record: 'record-2' }, { field: 'document.signature' }, { key: 'key-2' }]) {
    assert.throws(() => open(key, sealed, { ...binding, ...change }), integrity);
  }
  assert.throws(() => open(new Uint8Array(randomBytes(32)), sealed, binding), integrity);
  const shifted = { record: 'record-1document', field: '.photo', key: 'key-1' };
  assert.throws(() => open(key, sealed, shifted), integrity);
});

test('the error names the record and nothing of its content', () => {
  try {
    open(key, seal(randomBytes(32), plaintext, binding), binding);
    assert.fail('opened');
  } catch (error) {
    assert.doesNotMatch(JSON.stringify(error) + String(error), /stripped/);
  }
});

test('keys must be 32 random bytes', () => {
  for (const bytes of [randomBytes(31), randomBytes(33), Buffer.alloc(32), Buffer.alloc(32, 7)]) {
    assert.throws(() => masterKey(bytes), code('config-invalid'));
    assert.throws(() => lookupKey(bytes), code('config-invalid'));
  }
});

test('the wrapping key follows RFC 5869, computed here step by step', () => {
  const master = masterKey(key);
  const extracted = createHmac('sha256', Buffer.alloc(32)).update(master).digest();
  const expanded = createHmac('sha256', extracted)
    .update('passport-facematch/v1/month-key-wrapping')
    .update(Uint8Array.of(1))
    .digest();
  assert.deepEqual(Buffer.from(wrappingKey(master)), expanded);
});

test('look-up hashes differ by kind, key and division into parts', () => {
  const lookup = lookupKeys([lookupKey(key)]);
  const bytes = (text: string) => new TextEncoder().encode(text);
  const hashes = [
    lookup.registerNumber('85073003328'),
    lookup.documentNumber('85073003328'),
    lookup.identity('85073003328'),
    lookup.application('85073003328'),
    lookup.person('85073003328'),
    lookup.record('85073003328'),
    lookup.fingerprint(bytes('85073003328')),
    lookup.fingerprint(bytes('8507'), bytes('3003328')),
    lookup.fingerprint(bytes('85073'), bytes('003328')),
    lookup.idempotency('8507', '3003328'),
    lookup.idempotency('85073', '003328'),
    lookupKeys([lookupKey(randomBytes(32))]).registerNumber('85073003328'),
  ].map((hash) => Buffer.from(hash).toString('hex'));
  assert.equal(new Set(hashes).size, hashes.length);
  assert.equal(hashes[0], Buffer.from(lookup.registerNumber('85073003328')).toString('hex'));
});
