import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { localToken } from '../../src/cli/localToken.js';
import { systemClock } from '../../src/clock.js';
import { type Config, loadConfig } from '../../src/config.js';
import { openConfiguredStore } from '../../src/configuredStore.js';
import type { Store } from '../../src/store/store.js';
import { withoutSettings } from '../support/command.js';
import { databaseSetting } from '../support/postgres.js';
import { dlib, enrolPeople, logged, next, until } from './support.js';

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const people = 30;

/** A service that is a process of its own, and can be killed. */
describe('a service that ends in the middle of re-embedding', () => {
  let env: Record<string, string>;
  let config: Config;
  let path: string;

  before(async () => {
    path = await mkdtemp(join(tmpdir(), 'facematch-ended-'));
    env = {
      FACEMATCH_MODE: 'development',
      FACEMATCH_PORT: '0',
      FACEMATCH_WORKERS: '1',
      FACEMATCH_QUEUE_MS: '600000',
      FACEMATCH_DATABASE: join(path, 'facematch.db'),
      FACEMATCH_KEYRING: join(path, 'a', 'keyring.db'),
      FACEMATCH_KEYRING_MIRROR: join(path, 'b', 'keyring.db'),
      FACEMATCH_TOKEN_KEY: join(path, 'token-key.json'),
      ...databaseSetting(path),
    };
    config = loadConfig(env);
  });
  after(() => rm(path, { recursive: true, force: true }));

  async function served(t: TestContext, change: Record<string, string> = {}) {
    const child = spawn(process.execPath, [main, 'serve'], {
      env: { ...withoutSettings(), ...env, ...change },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    t.after(() => child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString();
    });
    const log = () => said.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
    await until(() => logged(log(), 'started').length > 0, 'it listens');
    return { child, log, url: String(logged(log(), 'started')[0]?.['address']) };
  }

  const token = (...scopes: string[]) =>
    localToken(config, { client: 'test', subject: 'test', scopes, lifetimeSeconds: 600 }, systemClock);
  /** Some photos were embedded, or already all. */
  const inTheMiddle = async ({ url, log }: { url: string; log: () => readonly string[] }) => {
    const authorization = `Bearer ${await token('metrics:read')}`;
    await until(async () => {
      if (logged(log(), 're-embedding-complete').length > 0) return true;
      const metrics = await (await fetch(`${url}/metrics`, { headers: { authorization } })).text();
      const began = logged(log(), 're-embedding-started')[0];
      const seen = /facematch_embedding_covered\{model="dlib[^"]*"\} (\d+)/.exec(metrics)?.[1];
      return began !== undefined && Number(seen) > 2 * people - Number(began['left']) + 5;
    }, 'some photos are embedded');
  };
  const ended = async (child: ChildProcess, signal: NodeJS.Signals) => {
    const exit = once(child, 'exit');
    child.kill(signal);
    return (await exit) as [number | null, string | null];
  };
  async function stored<T>(question: (store: Store) => Promise<T>): Promise<T> {
    const store = await openConfiguredStore(config, systemClock);
    try {
      return await question(store);
    } finally {
      await store.close();
    }
  }
  const covered = () => stored(async (store) => (await store.embeddings.coverage(dlib)).covered);
  const embedded = (log: readonly string[]) =>
    logged(log, 're-embedding-made').reduce((sum, one) => sum + Number(one['embedded']), 0);

  test('stopped, it ends in time and holds nothing against the photo at hand; killed, nothing is done twice', async (t) => {
    const first = await served(t);
    await enrolPeople({ url: first.url, token: () => token('documents:write') }, people);
    assert.deepEqual(await ended(first.child, 'SIGTERM'), [0, null]);

    const stopped = await served(t, next);
    await inTheMiddle(stopped);
    assert.deepEqual(await ended(stopped.child, 'SIGTERM'), [0, null]);
    assert.deepEqual(logged(stopped.log(), 're-embedding-failed'), []);
    const afterStop = await covered();
    assert.equal(embedded(stopped.log()), afterStop, 'what was made is told');
    assert.deepEqual(await stored(({ embeddingSurvey }) => embeddingSurvey.unread(dlib)), []);

    const killed = await served(t, next);
    await inTheMiddle(killed);
    await ended(killed.child, 'SIGKILL');
    const afterKill = await covered();
    assert.ok(afterKill >= afterStop);

    const last = await served(t, next);
    await until(() => logged(last.log(), 're-embedding-complete').length > 0, 'it is complete');
    assert.equal(embedded(last.log()), 2 * people - afterKill, 'what was there is not made again');
    assert.deepEqual(await ended(last.child, 'SIGTERM'), [0, null]);
    assert.equal(await covered(), 2 * people);
    const noted = await stored(async (store) => {
      const filter = { action: 'model.reembed', outcome: 'done' };
      const trail = await store.auditQuery.find(filter, 0, 10);
      assert.equal((await store.audit.verify()).intact, true);
      return trail.reduce((sum, { facts }) => sum + Number(facts['embedded']), 0);
    });
    // What a run that was killed made, it did not come to note: the trail has its beginning.
    assert.equal(noted, afterStop + 2 * people - afterKill);
  });
});
