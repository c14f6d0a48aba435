import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { openConfiguredKeys } from '../../src/cli/configuredKeys.js';
import { loadConfig } from '../../src/config.js';
import { configuredStore } from '../../src/configuredStore.js';
import { code, now } from './fixture.js';

const key = () => randomBytes(32).toString('base64');
const lookup = { FACEMATCH_LOOKUP_KEY: key() };
const service = { FACEMATCH_KEYRING_URL: 'https://keys.example:8443', FACEMATCH_KEYRING_TOKEN: key() };
const store = (env: Record<string, string>) => configuredStore(loadConfig(env), () => now);

test('beside a key service there is no master key, and without one it is required', () => {
  const { masterKey, keyringUrl, keyService } = store({ ...lookup, ...service });
  assert.equal(masterKey, undefined);
  assert.equal(keyringUrl, service.FACEMATCH_KEYRING_URL);
  assert.equal(keyService?.token, service.FACEMATCH_KEYRING_TOKEN);
  assert.throws(() => store({ ...lookup, ...service, FACEMATCH_MASTER_KEY: key() }), code('config-invalid'));
  assert.throws(() => store(lookup), code('config-invalid'));
  assert.throws(
    () => store({ ...lookup, FACEMATCH_KEYRING_URL: 'postgres://keys.example/keys' }),
    code('config-invalid'),
  );
  const development = store({ ...service, FACEMATCH_MODE: 'development' });
  assert.equal(development.masterKey, undefined);
  assert.equal(development.lookupKey.length, 32);
});

test('copies of files are refused where the keyring is none', () => {
  assert.throws(
    () => store({ ...lookup, ...service, FACEMATCH_KEYRING_BACKUPS: 'copies' }),
    code('config-invalid'),
  );
});

test('addresses, tokens and keys that cannot be meant are refused by their names', () => {
  for (const [name, value] of [
    ['FACEMATCH_KEYRING_URL', 'mysql://keys.example/keys'],
    ['FACEMATCH_KEYRING_URL', 'keys.example'],
    ['FACEMATCH_KEYRING_TOKEN', 'short'],
    ['FACEMATCH_MASTER_KEY', randomBytes(31).toString('base64')],
  ] as const) {
    assert.throws(
      () => loadConfig({ [name]: value }),
      (error) => error instanceof Error && error.message.includes(name) && !error.message.includes(value),
    );
  }
});

test('a key service serves keys of its own, not those of another service', async () => {
  const open = (env: Record<string, string>) => openConfiguredKeys(loadConfig(env), () => now);
  await assert.rejects(open({ ...service, FACEMATCH_MASTER_KEY: key() }), code('config-invalid'));
  await assert.rejects(open({}), code('config-invalid'));
});
