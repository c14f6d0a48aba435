import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { systemClock } from '../../src/clock.js';
import { FacematchError } from '../../src/errors.js';
import type { JsonRoute, ReadRoute } from '../../src/http/route.js';
import { checkdocLookupSchema, createStatuses } from '../../src/records/status.js';
import { type Harness, startHarness, tokenOf } from '../http/harness.js';
import { applicationOf, inventHolder, officeOf, photo, recordOf } from '../support/office.js';
import { portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';
import { type Asked, chanceAlone, chanceOfLonger, inTurn, timedCaller } from '../support/timing.js';
import { formOf, personIn } from './people.js';

const rounds = 300;
/**
 * How far from a half the chance of taking longer may lie: further than chance alone takes it but one time in thirty
 * thousand. A service that returns early lies near 0.9.
 */
const bound = (turns: number): number => 4.2 * chanceAlone(turns);
/** What is asked here a thousand times is asked by one person. */
const unlimited = {
  FACEMATCH_CALLER_REQUESTS: 'off',
  FACEMATCH_BORDER_MISSES: 'off',
  FACEMATCH_DEADLINE_MS: '120000',
};
const numbers: string[] = [];
let service: TestService;
let comparisonId: string;

before(async () => {
  // Where the machine has it, in memory: without a disk to wait for, what differs shows more.
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  service = await startTestService(unlimited, { folder: await mkdtemp(join(memory, 'facematch-timing-')) });
  const face = await portraitOf('2-left');
  const system = await personIn(service, 'transfer-system');
  for (const name of ['Een', 'Twee', 'Drie']) {
    const holder = inventHolder(`Tijd-${name}`, ['Ada'], [['2016-01-01', photo(face)]]);
    const response = await fetch(`${service.url}/v1/documents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${system.token}` },
      body: formOf('record', recordOf(holder, holder.passports[0]!), { photo: face }),
    });
    assert.equal(response.status, 201);
    numbers.push(holder.passports[0]!.number);
    if (comparisonId !== undefined) continue;
    const desk = officeOf(service, await service.token(['comparisons:write', 'comparisons:read']));
    const { status, body } = await desk.compare(applicationOf({ as: holder, office: 'brugge' }, 1), face);
    assert.equal(status, 201);
    comparisonId = body.comparisonId;
  }
});
after(() => service.dispose());

const known = () => numbers[Math.floor(Math.random() * numbers.length)] ?? '';
const unknown = () => `ZZ${String(randomBytes(4).readUInt32BE() % 10_000_000).padStart(7, '0')}`;

/** The parts of two answers that may say something. */
function assertAlike(one: Asked, other: Asked): void {
  assert.equal(one.status, other.status);
  const bare = ({ body }: Asked) => body.replace(/urn:uuid:[\w-]+/, '');
  assert.equal(bare(one), bare(other));
  const names = ({ headers }: Asked) => Object.keys(headers).sort();
  assert.deepEqual(names(one), names(other));
}

async function compared(
  say: (line: string) => void,
  one: () => Promise<Asked>,
  other: () => Promise<Asked>,
  turns = rounds,
): Promise<number> {
  const times = await inTurn(turns, one, other);
  const chance = chanceOfLonger(times.one, times.other);
  const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]?.toFixed(2);
  say(
    `chance ${chance.toFixed(3)} (by chance alone ±${chanceAlone(turns).toFixed(3)}), medians ${median(times.one)} and ${median(times.other)} ms`,
  );
  return chance;
}

/** Whether `one` is found to take longer, in up to ten times as many turns where the machine is busy with other things. */
async function toldApart(
  say: (line: string) => void,
  one: () => Promise<Asked>,
  other: () => Promise<Asked>,
): Promise<boolean> {
  const times = { one: [] as number[], other: [] as number[] };
  const batch = 200;
  while (times.one.length < 10 * batch) {
    const more = await inTurn(batch, one, other);
    times.one.push(...more.one);
    times.other.push(...more.other);
    const chance = chanceOfLonger(times.one, times.other);
    say(`after ${times.one.length} turns: chance ${chance.toFixed(3)}`);
    if (chance - 0.5 > bound(times.one.length)) return true;
  }
  return false;
}

test('Checkdoc: a number that is valid and one that nobody has take the same time', async (t) => {
  const caller = timedCaller(service.url, (await personIn(service, 'checkdoc')).token);
  const ask = (documentNumber: string) => caller.ask('POST', '/v1/checkdoc/lookup', { documentNumber });
  assertAlike(await ask(known()), await ask(unknown()));
  const chance = await compared(
    (line) => t.diagnostic(line),
    () => ask(known()),
    () => ask(unknown()),
  );
  caller.close();
  assert.ok(Math.abs(chance - 0.5) < bound(rounds), `${chance}`);
});

test('border: a document that is there, one of another type and none take the same time', async (t) => {
  const caller = timedCaller(service.url, (await personIn(service, 'border-police')).token);
  const ask = (documentNumber: string, documentType = 'passport') =>
    caller.ask('POST', '/v1/border/lookup', { documentNumber, documentType });
  // Each takes the same twenty milliseconds by design.
  const slow = 150;
  const none = () => ask(unknown());
  const otherType = () => ask(known(), 'travel-document-refugee');
  assertAlike(await otherType(), await none());
  assert.equal((JSON.parse((await ask(known())).body) as { found: boolean }).found, true);
  // What is found is also written out, a photo long, before the answer begins.
  for (const [one, more] of [
    [otherType, 0],
    [() => ask(known()), 0.1],
  ] as const) {
    const chance = await compared((line) => t.diagnostic(line), one, none, slow);
    assert.ok(Math.abs(chance - 0.5) < bound(slow) + more, `${chance}`);
  }
  caller.close();
});

test('a comparison of another office and one that is nowhere: the same 404, in the same time', async (t) => {
  const clerk = await personIn(service, 'office', { office: 'gent' });
  const caller = timedCaller(service.url, clerk.token);
  for (const path of ['', '/photos/probe', '/confirmation']) {
    const at = (id: string) => caller.ask('GET', `/v1/comparisons/${id}${path}`);
    const [theirs, none] = [await at(comparisonId), await at(randomUUID())];
    assertAlike(theirs, none);
  }
  const read = (id: string) => caller.ask('GET', `/v1/comparisons/${id}`);
  const chance = await compared(
    (line) => t.diagnostic(line),
    () => read(comparisonId),
    () => read(randomUUID()),
  );
  caller.close();
  assert.ok(Math.abs(chance - 0.5) < bound(rounds), `${chance}`);
});

test('without the scope: the same 403 for what is there and what is not', async () => {
  const caller = timedCaller(service.url, await service.token([]));
  const pairs = [
    [
      await caller.ask('GET', `/v1/comparisons/${comparisonId}`),
      await caller.ask('GET', `/v1/comparisons/${randomUUID()}`),
    ],
    ...(await Promise.all(
      ['/v1/checkdoc/lookup', '/v1/border/lookup', '/v1/holders/lookup'].map((path) =>
        Promise.all(
          [known(), unknown()].map((documentNumber) => caller.ask('POST', path, { documentNumber })),
        ),
      ),
    )),
  ];
  caller.close();
  for (const [there, not] of pairs) {
    assert.equal(there?.status, 403);
    assertAlike(there!, not!);
  }
});

/** The same measurement on routes that do what ours must not, over the same store: it has to tell. */
async function leaking(
  routes: readonly (JsonRoute | ReadRoute)[],
): Promise<Harness & { close(): Promise<unknown> }> {
  const harness = await startHarness({ extraRoutes: routes });
  return { ...harness, close: () => harness.server.close(1000) };
}

test('a look-up that returns early where nothing was found is told apart', async (t) => {
  const { store } = service;
  const statuses = createStatuses({ store, clock: systemClock });
  const route: JsonRoute = {
    id: 'test.early',
    method: 'post',
    path: '/v1/early',
    tag: 'Test',
    scope: 'checkdoc:read',
    summary: 'Writes no entry where nothing was found',
    json: { schema: checkdocLookupSchema },
    responses: {},
    problems: [],
    async handler({ caller, document }) {
      const { documentNumber } = document as { documentNumber: string };
      const found = await store.statuses.byNumber(store.lookup.documentNumber(documentNumber));
      if (found.length === 0) return { status: 200, body: { hit: false } };
      return { status: 200, body: await statuses.lookup(document, caller) };
    },
  };
  const harness = await leaking([route]);
  const caller = timedCaller(harness.url, await tokenOf(harness.keys, { scope: 'checkdoc:read' }));
  const ask = (documentNumber: string) => caller.ask('POST', '/v1/early', { documentNumber });
  assertAlike(await ask(known()), await ask(unknown()));
  const found = await toldApart(
    (line) => t.diagnostic(line),
    () => ask(known()),
    () => ask(unknown()),
  );
  caller.close();
  await harness.close();
  assert.ok(found);
});

test("a read that opens another office's record before it refuses is told apart", async (t) => {
  const { store } = service;
  const route: ReadRoute = {
    id: 'test.opened',
    method: 'get',
    path: '/v1/opened/{id}',
    tag: 'Test',
    scope: 'comparisons:read',
    summary: 'Refuses after opening',
    responses: {},
    problems: [],
    async handler({ id }) {
      const { office } = await store.comparisons.get(id());
      throw new FacematchError('not-found', `Of ${office}.`);
    },
  };
  const harness = await leaking([route]);
  const caller = timedCaller(harness.url, await tokenOf(harness.keys, { scope: 'comparisons:read' }));
  const read = (id: string) => caller.ask('GET', `/v1/opened/${id}`);
  assertAlike(await read(comparisonId), await read(randomUUID()));
  const found = await toldApart(
    (line) => t.diagnostic(line),
    () => read(comparisonId),
    () => read(randomUUID()),
  );
  caller.close();
  await harness.close();
  assert.ok(found);
});
