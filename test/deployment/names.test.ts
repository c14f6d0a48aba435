import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { loadConfig } from '../../src/config.js';
import { createHttpMetrics } from '../../src/http/metrics.js';
import { createPoolMetrics } from '../../src/poolMetrics.js';
import { type Variable, variables } from '../../src/settings.js';
import { startTestService } from '../support/service.js';
import { deployedTexts, deployFolder, documentsOf, textOf } from './files.js';

const texts = deployedTexts();
const known = new Set(
  Object.entries<Variable<unknown>>(variables).flatMap(([name, { secret }]) =>
    secret === undefined ? [name] : [name, `${name}_FILE`],
  ),
);

for (const { path, text } of texts) {
  test(`${path} names settings that the service has`, () => {
    const names = [...text.matchAll(/\b(?:FACEMATCH_[A-Z_]+|DATABASE_URL(?:_FILE)?)\b/g)].map(
      ([name]) => name,
    );
    assert.deepEqual(
      names.filter((name) => !known.has(name)),
      [],
    );
  });
}

test('settings have values that the service takes', () => {
  const environment = z.record(z.string(), z.string());
  const { services } = z
    .looseObject({ services: z.looseObject({ service: z.looseObject({ environment }) }) })
    .parse(documentsOf('compose.yaml')[0]);
  const { data } = z
    .looseObject({ data: environment })
    .parse(documentsOf('deploy/kubernetes/settings.yaml')[0]);
  for (const settings of [services.service.environment, data]) {
    const plain = Object.entries(settings)
      .filter(([name]) => !name.endsWith('_FILE'))
      .map(([name, value]) => [name, value.startsWith('${') ? 'https://tokens.example.org/jwks' : value]);
    const config = loadConfig(Object.fromEntries(plain));
    assert.deepEqual([config.mode, config.http.port, config.http.trustedProxies], ['production', 8080, 1]);
  }
});

test('every figure that is scaled by is one the service gives, or is made from one', () => {
  const registry = new Registry();
  createHttpMetrics(registry);
  createPoolMetrics(registry).watch({
    stats: () => {
      throw new Error('not asked here');
    },
  });
  const given = new Set(
    registry
      .getMetricsAsArray()
      .flatMap(({ name }) => [name, `${name}_sum`, `${name}_count`, `${name}_bucket`]),
  );
  const { rules } = z
    .looseObject({
      rules: z.looseObject({
        custom: z.array(
          z.looseObject({
            seriesQuery: z.string(),
            metricsQuery: z.string(),
            name: z.strictObject({ as: z.string() }),
          }),
        ),
      }),
    })
    .parse(documentsOf('deploy/prometheus/adapter-rules.yaml')[0]);
  const figures = (text: string) => [...text.matchAll(/\bfacematch_[a-z_]+\b/g)].map(([name]) => name);
  for (const { seriesQuery, metricsQuery } of rules.custom) {
    const names = figures(`${seriesQuery} ${metricsQuery}`);
    assert.ok(names.length >= 2);
    assert.deepEqual(
      names.filter((name) => !given.has(name)),
      [],
    );
  }
  const made = new Set(rules.custom.map(({ name }) => name.as));
  const scaled = figures(textOf('deploy/kubernetes/autoscaler.yaml'));
  assert.deepEqual([...new Set(scaled)].sort(), [...made].sort());
});

test('it is scaled up before photos wait so long that they are answered busy', () => {
  const [, milli] =
    /facematch_queue_wait_seconds_mean[\s\S]*?averageValue: (\d+)m\b/.exec(
      textOf('deploy/kubernetes/autoscaler.yaml'),
    ) ?? [];
  const busyFrom = Number(variables.FACEMATCH_QUEUE_MS.fallback);
  assert.ok(Number(milli) > 0 && Number(milli) <= busyFrom / 2, `${milli} of ${busyFrom} ms`);
});

test('probes, health checks and the scrape ask for paths that the service answers', async () => {
  const service = await startTestService();
  try {
    const paths = texts.flatMap(({ text }) =>
      [...text.matchAll(/(?:path: |metrics_path: |127\.0\.0\.1:8080)(\/[a-z0-9/]+)/g)].map(
        ([, path]) => path,
      ),
    );
    const asked = [...new Set(paths)].sort();
    assert.deepEqual(asked, ['/health/live', '/health/ready', '/metrics', '/v1/comparisons/batch']);
    const token = await service.token(['metrics:read']);
    const headers = { Authorization: `Bearer ${token}` };
    for (const path of asked.filter((path) => !path?.startsWith('/v1/')))
      assert.equal((await fetch(`${service.url}${path}`, { headers })).status, 200, path);
    // Refused for want of the scope, not for want of the path.
    const batch = await fetch(`${service.url}/v1/comparisons/batch`, { method: 'POST', headers });
    const nowhere = await fetch(`${service.url}/v1/comparisons/several`, { method: 'POST', headers });
    assert.deepEqual([batch.status, nowhere.status === 403], [403, false]);
  } finally {
    await service.dispose();
  }
});

test('the script makes keys and passwords that the service takes, and never replaces them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'facematch-secrets-'));
  const secrets = join(folder, 'secrets');
  try {
    const make = () => spawnSync(join(deployFolder, 'make-secrets.sh'), [secrets], { encoding: 'utf8' });
    assert.equal(make().status, 0);
    const { secrets: needed } = z
      .looseObject({ secrets: z.record(z.string(), z.strictObject({ file: z.string() })) })
      .parse(documentsOf('compose.yaml')[0]);
    const files = Object.values(needed).map(({ file }) => file.replace('deploy/secrets/', ''));
    const yours = ['tls-certificate.pem', 'tls-key.pem'];
    assert.deepEqual(readdirSync(secrets).sort(), files.filter((file) => !yours.includes(file)).sort());
    assert.equal(statSync(secrets).mode & 0o777, 0o700);
    const config = loadConfig({
      FACEMATCH_MASTER_KEY_FILE: join(secrets, 'master.key'),
      FACEMATCH_LOOKUP_KEY_FILE: join(secrets, 'lookup.key'),
      FACEMATCH_AUDIT_KEY_FILE: join(secrets, 'audit.key'),
      DATABASE_URL_FILE: join(secrets, 'database-url'),
    });
    const { masterKey, lookupKey } = config.store;
    assert.notDeepEqual(masterKey, lookupKey);
    assert.equal(masterKey?.length, 32);
    assert.notEqual(make().status, 0, 'keys are never replaced');
    assert.deepEqual(
      loadConfig({ FACEMATCH_MASTER_KEY_FILE: join(secrets, 'master.key') }).store.masterKey,
      masterKey,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
