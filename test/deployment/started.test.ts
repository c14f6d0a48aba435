import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { packageRoot } from '../../src/packageRoot.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { deployFolder, documentsOf } from './files.js';

const composed = z.looseObject({
  services: z.looseObject({ service: z.looseObject({ environment: z.record(z.string(), z.string()) }) }),
});

test('the service starts with the settings and secrets of compose.yaml, twice, and ends when told', {
  skip: withoutPostgres,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facematch-started-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const postgres = await PrivatePostgres.start();
  t.after(() => postgres.dispose());
  const secrets = join(folder, 'secrets');
  assert.equal(spawnSync(join(deployFolder, 'make-secrets.sh'), [secrets]).status, 0);
  for (const [secret, database] of [
    ['database-url', 'facematch'],
    ['keyring-url', 'facematch_keyring'],
  ] as const) {
    const path = join(secrets, secret);
    assert.equal(new URL(readFileSync(path, 'utf8').trim()).pathname, `/${database}`);
    rmSync(path);
    writeFileSync(path, postgres.createDatabase(database));
  }
  const { environment } = composed.parse(documentsOf('compose.yaml')[0]).services.service;
  const own = Object.entries(environment).map(([name, value]) => [
    name,
    value
      .replace('/run/secrets/', `${secrets}/`)
      .replace('/data/', `${folder}/`)
      .replace(/^\$\{TOKEN_AUDIENCE.*/, 'facematch')
      .replace(/^\$\{.*/, 'https://tokens.example.org/jwks'),
  ]);
  const env = {
    PATH: process.env['PATH'],
    ...Object.fromEntries(own),
    FACEMATCH_HOST: '127.0.0.1',
    FACEMATCH_PORT: '0',
    FACEMATCH_WORKERS: '1',
  };
  // The second time beside the first: two replicas on the same records and keys.
  const running = [];
  for (let replica = 0; replica < 2; replica++) {
    const child = spawn(process.execPath, [join(packageRoot, 'dist/src/cli/main.js'), 'serve'], {
      env,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    t.after(() => child.kill('SIGKILL'));
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString();
    });
    const listening = () => /listens on (http:\/\/\S+)/.exec(said)?.[1];
    while (listening() === undefined) {
      assert.equal(child.exitCode, null, said);
      await sleep(50);
    }
    const ready = await fetch(`${listening()}/health/ready`);
    assert.equal(ready.status, 200, await ready.text());
    running.push({ child, said: () => said });
  }
  const schemas = await postgres.query<{ n: string }>(
    "select count(*) as n from facematch_jobs.queue where name in ('retention', 'audit-heads')",
    'facematch',
  );
  assert.equal(schemas[0]?.n, '2', 'the jobs of both are in one queue');
  for (const { child, said } of running) {
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.equal(code, 0, said());
  }
  assert.ok(readFileSync(join(folder, 'audit-heads.ndjson'), 'utf8').trim().split('\n').length >= 2);
});
