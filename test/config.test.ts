import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../src/config.js';
import { isFacematchError } from '../src/errors.js';
import { packageRoot } from '../src/packageRoot.js';
import { settingsTable } from '../src/settings.js';

test('an empty environment gives the documented defaults', () => {
  const config = loadConfig({});
  assert.equal(config.mode, 'production');
  assert.equal(config.policy.falseMatchRate, 1e-4);
  assert.equal(config.models.engine, 'onnx');
  assert.equal(config.store.masterKey, undefined);
});

const key = Buffer.alloc(32, 7).toString('base64');
const refused: [name: string, value: string][] = [
  ['FACEMATCH_MODE', 'test'],
  ['FACEMATCH_PORT', '70000'],
  ['FACEMATCH_PORT', 'x'],
  ['FACEMATCH_TRUSTED_PROXIES', '-1'],
  ['FACEMATCH_MASTER_KEY', 'c2hvcnQ='],
  ['FACEMATCH_MASTER_KEY', 'not base64!'],
  ['FACEMATCH_LOOKUP_KEY', `${key}AA`],
  ['FACEMATCH_ENGINE', 'cuda'],
  ['FACEMATCH_LOOKS', 'ultraface-320'],
  ['FACEMATCH_LOOKS', 'ultraface-320:2:0.5'],
  ['FACEMATCH_LOOKS', 'ultraface-320:1:0.5:together'],
  ['FACEMATCH_WORKERS', '0'],
  ['FACEMATCH_FALSE_MATCH_RATE', '0'],
  ['FACEMATCH_FALSE_MATCH_RATE', '0.5'],
  ['FACEMATCH_REVIEW_FROM_TRY', '1'],
  ['FACEMATCH_TOKEN_JWKS_URL', 'nowhere'],
  ['FACEMATCH_LOG_LEVEL', 'loud'],
  ['FACEMATCH_MASTER_KEY_FILE', '/does/not/exist'],
  ['FACEMATCH_FALSE_MATCHRATE', '0.001'],
];
for (const [name, value] of refused) {
  test(`refused by name, never by value: ${name}=${value}`, () => {
    assert.throws(
      () => loadConfig({ [name]: value }),
      (error: unknown) =>
        isFacematchError(error, 'config-invalid') &&
        error.message.includes(name) &&
        !error.message.includes(value),
    );
  });
}

test('a key is read from the environment or from a file', () => {
  assert.equal(loadConfig({ FACEMATCH_MASTER_KEY: key }).store.masterKey?.length, 32);
});

test('looks say card, share and the confidence that is enough', () => {
  const { looks } = loadConfig({ FACEMATCH_LOOKS: 'a:1:0.9:alone, b:0.5:0.4' }).models;
  assert.deepEqual(looks, [
    { card: 'a', share: 1, enough: 0.9, alone: true },
    { card: 'b', share: 0.5, enough: 0.4, alone: false },
  ]);
});

test('docs/configuration.md holds every setting as the code has it', () => {
  assert.ok(readFileSync(join(packageRoot, 'docs/configuration.md'), 'utf8').includes(settingsTable()));
});
