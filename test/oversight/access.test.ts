import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { rolesPage } from '../../src/http/rolesPage.js';
import { scopesOf } from '../../src/http/route.js';
import { declaredRoutes } from '../../src/http/routes/declarations.js';
import { roleNames, roleOf } from '../../src/oversight/roles.js';
import { type Scope, scopes } from '../../src/oversight/scopes.js';
import { packageRoot } from '../../src/packageRoot.js';
import { directDatabase } from '../support/directDatabase.js';
import { startTestService, type TestService } from '../support/service.js';
import { openInquiry } from './people.js';

const everything = Object.keys(scopes) as Scope[];
const claims = { office: 'gent', person: 'person-1' };
const routes = declaredRoutes().flatMap((route) =>
  route.scope === undefined || route.scope === 'any-token' ? [] : [{ ...route, scope: route.scope }],
);
const opened = (route: (typeof routes)[number], allowed: readonly Scope[]) =>
  scopesOf(route).some((scope) => allowed.includes(scope));
/** What a refusal itself writes: the entry, its count, and who it was; and the daily run, which may begin meanwhile. */
const ofTheTrail = new Set(['audit', 'audit_people', 'audit_periods', 'use_counts', 'retention_runs']);

let service: TestService;
let inquiry: string;
before(async () => {
  service = await startTestService();
  inquiry = await openInquiry(service, [claims.person]);
});
after(() => service.dispose());

const call = (method: string, path: string, token?: string, within?: string) =>
  fetch(service.url + path.replace('{id}', '3f9c1c0e-0000-4000-8000-000000000000'), {
    method: method.toUpperCase(),
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(within && { inquiry: within }),
      ...(method === 'get' ? {} : { 'content-type': 'application/json' }),
    },
    ...(method === 'get' ? {} : { body: '{"unknown":1}' }),
  });

function rows(): { records: Record<string, number>; audit: { action: string; outcome: string }[] } {
  const db = directDatabase(service.config.store.database, { readonly: true });
  try {
    const tables = db
      .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite%'")
      .pluck()
      .all() as string[];
    const counts = tables
      .filter((table) => !ofTheTrail.has(table))
      .map((table) => `(select count(*) from ${table}) as ${table}`);
    const counted = db.prepare(`select ${counts.join(', ')}`).get() as Record<string, number>;
    const audit = db
      .prepare(
        "select action, outcome from audit where action not in ('retention.run', 'retention.destroy', 'retention.month') order by seq",
      )
      .all();
    return { records: counted, audit: audit as { action: string; outcome: string }[] };
  } finally {
    db.close();
  }
}

for (const role of roleNames) {
  test(`${role}: every route outside the role is refused, noted, and touches nothing`, async () => {
    const allowed: readonly Scope[] = roleOf(role).scopes;
    // The issuer is careless and grants every scope there is.
    const token = await service.token(everything, { role, ...claims });
    for (const route of routes) {
      if (opened(route, allowed)) continue;
      const before = rows();
      const response = await call(route.method, route.path, token);
      assert.equal(response.status, 403, `${route.method} ${route.path}`);
      assert.equal(((await response.json()) as { type: string }).type, '/problems/forbidden');
      const now = rows();
      assert.deepEqual(now.records, before.records, `${route.method} ${route.path}`);
      assert.deepEqual(now.audit.slice(before.audit.length), [{ action: route.id, outcome: 'forbidden' }]);
    }
  });

  test(`${role}: every route of the role opens to it, and to it only with what it needs`, async () => {
    const allowed: readonly Scope[] = roleOf(role).scopes;
    const token = await service.token(allowed, { role, ...claims });
    for (const route of routes) {
      if (!opened(route, allowed)) continue;
      const { status } = await call(route.method, route.path, token, inquiry);
      assert.ok(status !== 401 && status !== 403 && status < 500, `${route.method} ${route.path} ${status}`);
      for (const claim of roleOf(role).needs) {
        if (claim === 'inquiry') {
          if (!('ownInquiry' in route)) await refusedOutside(route.method, route.path, token);
          continue;
        }
        const without = { role, ...claims, [claim]: claim === 'person' ? '' : undefined };
        const bare = await call(route.method, route.path, await bareToken(allowed, without), inquiry);
        assert.equal(bare.status, 403, `${route.method} ${route.path} without ${claim}`);
      }
    }
  });
}

/** Without an inquiry, in one that does not exist, and in one of others. */
async function refusedOutside(method: string, path: string, token: string): Promise<void> {
  const others = await openInquiry(service, ['person-2']);
  for (const within of [undefined, 'nothing', 'no inquiry of ours', others]) {
    const before = rows();
    const response = await call(method, path, token, within);
    assert.equal(response.status, 403, `${method} ${path} in ${within}`);
    assert.equal(((await response.json()) as { type: string }).type, '/problems/inquiry-refused');
    const now = rows();
    assert.deepEqual(now.records, before.records);
    assert.deepEqual(
      now.audit.slice(before.audit.length).map(({ outcome }) => outcome),
      ['inquiry-refused'],
    );
  }
}

/** The support's token has a person unless told otherwise. */
async function bareToken(wanted: readonly string[], given: Record<string, string | undefined>) {
  const { localToken } = await import('../../src/cli/localToken.js');
  const person = given['person'] === '' ? undefined : given['person'];
  const { role, office } = given;
  const request = { client: 'c', subject: 's', person, role, office };
  return localToken(service.config, { ...request, scopes: wanted, lifetimeSeconds: 60 });
}

test('an unknown role opens nothing, whatever its scopes', async () => {
  const token = await service.token(everything, { role: 'chief', ...claims });
  for (const route of routes) {
    assert.equal((await call(route.method, route.path, token)).status, 403, route.path);
  }
});

test('without a token every protected route answers 401, and hundreds of them cost one entry', async () => {
  const db = directDatabase(service.config.store.database, { readonly: true });
  const written = (where = '') =>
    db
      .prepare(
        `select sum(json_extract(facts, '$.count')) as n, count(*) as entries from audit where outcome = 'invalid-token' ${where}`,
      )
      .get() as { n: number | null; entries: number };
  /** All of those refused so far are in the trail, however long their entries took. */
  const allWritten = async (refused: number) => {
    for (let tries = 0; tries < 600 && (written().n ?? 0) < refused; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(written().n, refused);
  };
  const first = written().n ?? 0;
  for (const route of routes) assert.equal((await call(route.method, route.path)).status, 401, route.path);
  await allWritten(first + routes.length);
  const before = rows().audit.length;
  const started = performance.now();
  await Promise.all(Array.from({ length: 300 }, () => call('get', '/v1/audit')));
  const seconds = Math.ceil((performance.now() - started) / 1000);
  assert.ok(rows().audit.length - before <= seconds);
  await allWritten(first + routes.length + 300);
  const counted = written("and action = 'audit.list'");
  db.close();
  assert.equal(counted.n, 301);
  assert.ok(counted.entries <= seconds + 2, `${counted.entries} entries`);
});

test('who reaches what: photos, trail, figures', () => {
  const may = (scope: Scope) =>
    roleNames.filter((name) => (roleOf(name).scopes as readonly Scope[]).includes(scope));
  assert.deepEqual(may('comparisons:evidence'), ['fraud-analyst', 'investigator', 'supervisor']);
  assert.deepEqual(may('holders:read'), ['holder-desk']);
  assert.deepEqual(may('border:lookup'), ['border-police']);
  assert.deepEqual(may('audit:read'), ['data-protection-officer']);
  assert.deepEqual(may('mode:approve'), ['supervisor']);
});

test('docs/roles.md is what the declarations say', () => {
  assert.equal(readFileSync(join(packageRoot, 'docs/roles.md'), 'utf8'), rolesPage(declaredRoutes()));
});
