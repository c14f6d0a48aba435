import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { inEvenTime } from '../../src/records/evenTime.js';
import { inventHolder, officeOf, photo, recordOf } from '../support/office.js';
import { portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';
import { personIn } from './people.js';

const documentType = 'passport';
let service: TestService;
let known: string;

before(async () => {
  service = await startTestService({ FACEMATCH_BORDER_MISSES: '3' });
  const office = officeOf(service, await service.token(['documents:write']));
  const face = await portraitOf('1-right');
  const holder = inventHolder('Grens', ['Greet'], [['2018-01-01', photo(face)]]);
  known = recordOf(holder, holder.passports[0]!).document.number;
  await office.enrol(holder);
});
after(() => service.dispose());

async function atBorder(person: string) {
  const { post } = await personIn(service, 'border-police', { person });
  return async (documentNumber: string) => {
    const { status, headers, body } = await post<{ found?: boolean }>('/v1/border/lookup', {
      documentNumber,
      documentType,
    });
    const wait = headers.get('retry-after');
    return { status, found: body.found, type: body.type, wait: wait === null ? undefined : Number(wait) };
  };
}
const unknown = (n: number) => `ZZ${String(n).padStart(7, '0')}`;
const alerts = () =>
  service.log.map((line) => JSON.parse(line)).filter(({ event }) => event === 'document-numbers-tried');

test('who tries numbers waits twice as long each time, in the trail, the log and the figures; nobody else waits', async () => {
  const guesser = await atBorder('guesser');
  for (let n = 0; n < 3; n++)
    assert.deepEqual((await guesser(unknown(n))).found, false, 'misread numbers are free');
  assert.equal((await guesser(known)).found, true);
  assert.deepEqual(alerts(), []);

  for (const [n, seconds] of [
    [3, 1],
    [4, 2],
    [5, 4],
  ] as const) {
    assert.equal((await guesser(unknown(n))).found, false);
    if (seconds < 4) await pause(1000 * seconds + 20);
  }
  for (const number of [unknown(6), known, unknown(6)]) {
    const { status, type, wait, found } = await guesser(number);
    assert.deepEqual([status, type, found], [429, '/problems/rate-limited', undefined]);
    assert.ok(wait! >= 1 && wait! <= 4, `${wait} s`);
  }
  assert.equal((await (await atBorder('colleague'))(known)).found, true);
  await pause(4020);
  assert.equal((await guesser(known)).found, true, 'waiting helps');

  assert.deepEqual(
    alerts().map(({ level, client, misses, waitSeconds }) => [level, client, misses, waitSeconds]),
    [
      [40, 'test-client', 4, 1],
      [40, 'test-client', 5, 2],
      [40, 'test-client', 6, 4],
    ],
  );
  assert.ok(!service.log.some((line) => line.includes('ZZ00000')), 'what was asked for is not in the log');
  const auditor = await personIn(service, 'data-protection-officer');
  const { body } = await auditor.get<{ entries: { action: string; outcome: string; actor: string }[] }>(
    '/v1/audit?action=border.lookup',
  );
  const outcomes = body.entries.filter(({ actor }) => actor === 'guesser').map(({ outcome }) => outcome);
  const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
  assert.deepEqual(
    {
      notFound: count('not-found'),
      done: count('done'),
      slowed: count('slowed'),
      limited: count('rate-limited'),
    },
    { notFound: 6, done: 2, slowed: 3, limited: 1 },
    'of the refusals of one wait the first',
  );
  const metrics = await service.token(['metrics:read']);
  const figures = await fetch(`${service.url}/metrics`, { headers: { authorization: `Bearer ${metrics}` } });
  assert.match(await figures.text(), /^facematch_lookups_slowed_total 3$/m);
});

test('numbers tried all at once get no further than those tried one by one', async () => {
  const guesser = await atBorder('in a hurry');
  for (let n = 0; n < 4; n++) await guesser(unknown(100 + n));
  await pause(1020);
  const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => guesser(unknown(200 + n))));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  const colleague = await atBorder('honest');
  const honest = await Promise.all(Array.from({ length: 40 }, () => colleague(known)));
  assert.ok(
    honest.every(({ found }) => found),
    'who finds what they ask for may ask at once',
  );
});

test('work in even time takes no less when it ends early or fails, and all its own when it is slow', async () => {
  const order: string[] = [];
  const note = (what: string) => () => void order.push(what);
  await Promise.all([
    inEvenTime(60, async () => 1).then(note('quick')),
    inEvenTime(60, () => Promise.reject(new Error('x'))).catch(note('failed')),
    pause(30).then(note('half the time')),
    inEvenTime(60, () => pause(200)).then(note('slow')),
    pause(150).then(note('twice the time')),
  ]);
  assert.deepEqual(order, ['half the time', 'quick', 'failed', 'twice the time', 'slow']);
});
