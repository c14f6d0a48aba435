import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { scopesOf } from '../../src/http/route.js';
import { declaredRoutes } from '../../src/http/routes/declarations.js';
import { roleNames, roleOf } from '../../src/oversight/roles.js';
import { type Scope, scopes } from '../../src/oversight/scopes.js';
import { startTestService, type TestService } from '../support/service.js';
import { openInquiry } from './people.js';

const everyScope = Object.keys(scopes) as Scope[];
const routes = declaredRoutes().filter((route) => scopesOf(route).length > 0);
const claims = { office: 'gent', person: 'person-1' };
let service: TestService;
let inquiry: string;
before(async () => {
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  service = await startTestService(
    { FACEMATCH_CALLER_REQUESTS: 'off' },
    { folder: await mkdtemp(join(memory, 'facematch-scopes-')) },
  );
  inquiry = await openInquiry(service, [claims.person]);
});
after(() => service.dispose());

/** What each route says to a token, by its id. */
async function answers(token: string): Promise<Map<string, { status: number; type: string | undefined }>> {
  const asked = routes.map(async ({ id, method, path }) => {
    const response = await fetch(
      service.url + path.replace(/\{\w+\}/, '3f9c1c0e-0000-4000-8000-000000000000'),
      {
        method: method.toUpperCase(),
        headers: {
          authorization: `Bearer ${token}`,
          inquiry,
          ...(method !== 'get' && { 'content-type': 'application/json' }),
        },
        ...(method !== 'get' && { body: '{"unknown":1}' }),
      },
    );
    const text = await response.text();
    const type = response.headers.get('content-type')?.includes('problem')
      ? (JSON.parse(text) as { type: string }).type
      : undefined;
    return [id, { status: response.status, type }] as const;
  });
  return new Map(await Promise.all(asked));
}

async function assertOpens(token: string, scopesHeld: readonly string[], what: string): Promise<void> {
  const found = await answers(token);
  for (const route of routes) {
    const answer = found.get(route.id);
    const may = scopesOf(route).some((scope) => scopesHeld.includes(scope));
    const say = `${what}: ${route.method} ${route.path} ${answer?.status}`;
    if (may) assert.ok(answer?.type !== '/problems/forbidden' && answer?.status !== 401, say);
    else assert.deepEqual(answer, { status: 403, type: '/problems/forbidden' }, say);
  }
}

test('each scope alone opens the routes that name it and no other', async () => {
  for (const scope of everyScope) {
    await assertOpens(await service.token([scope], claims), [scope], scope);
  }
});

test('no scope, an unknown one, and what only looks like one open nothing', async () => {
  const near = [
    '',
    '*',
    'admin',
    'comparisons',
    'comparisons:*',
    'Comparisons:Read',
    'comparisons:read2',
    'audit:read,',
  ];
  for (const scope of near) await assertOpens(await service.token([scope], claims), [], `"${scope}"`);
  const joined = [`${everyScope.join(',')}`, everyScope.join('\t'), everyScope.join('\u00a0')];
  for (const scope of joined)
    await assertOpens(await service.token([scope], claims), [], 'not separated by spaces');
});

test("within a role, each of its scopes alone opens no more than itself; others' scopes add nothing", async () => {
  for (const role of roleNames) {
    const own: readonly Scope[] = roleOf(role).scopes;
    for (const scope of own) {
      await assertOpens(await service.token([scope], { role, ...claims }), [scope], `${role} with ${scope}`);
    }
    const others = everyScope.filter((scope) => !own.includes(scope));
    await assertOpens(await service.token(others, { role, ...claims }), [], `${role} with all but its own`);
  }
});

test('every scope opens some route, and every role has one', () => {
  const used = new Set(routes.flatMap((route) => scopesOf(route)));
  assert.deepEqual(
    everyScope.filter((scope) => !used.has(scope)),
    [],
  );
  assert.deepEqual(
    everyScope.filter(
      (scope) => !roleNames.some((role) => (roleOf(role).scopes as readonly Scope[]).includes(scope)),
    ),
    [],
  );
});
