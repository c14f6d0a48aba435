import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { applicationOf, type Holder, inventHolder, officeOf, photo } from '../support/office.js';
import { portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';

describe('a child that fails, and more photos than the children can read', () => {
  let service: TestService;
  let office: ReturnType<typeof officeOf>;
  let portrait: Buffer;
  let holder: Holder;
  let applications = 500;
  const compare = () => office.compare(applicationOf({ as: holder }, ++applications), portrait);
  const typeOf = (body: { type?: string }) => body.type?.replace('/problems/', '');

  before(async () => {
    service = await startTestService({
      FACEMATCH_BATCH: '1',
      FACEMATCH_QUEUE: '2',
      FACEMATCH_DEADLINE_MS: '1500',
    });
    office = officeOf(service, await service.token(['documents:write', 'comparisons:write']));
    portrait = await portraitOf('1-right');
    holder = inventHolder('Vier', ['Anna'], [['2017-01-01', photo(portrait)]]);
    await office.enrol(holder);
  });
  afterEach(async () => {
    await until(() => service.faces.ready() && service.faces.stats().running === 0);
  });
  after(() => service.dispose());

  const stopChild = (): number => {
    const [pid] = service.faces.pids();
    process.kill(pid!, 'SIGSTOP'); // so that the request is surely in the middle
    return pid!;
  };

  test('killed in mid-request: one 503 with Retry-After, and the pool recovers', async () => {
    const pid = stopChild();
    const lost = compare();
    await until(() => service.faces.stats().running === 1);
    const behind = compare();
    await until(() => service.faces.stats().waiting === 1);
    process.kill(pid, 'SIGKILL');
    const { status, headers, body } = await lost;
    assert.deepEqual([status, typeOf(body), headers.get('retry-after')], [503, 'reading-failed', '2']);
    assert.equal((await behind).status, 201);
    assert.equal((await compare()).status, 201);
    assert.notEqual(service.faces.pids()[0], pid);
  });

  test('stopped in mid-request: one 503 at the deadline, and the pool recovers', async () => {
    const replaced = service.faces.stats().replaced;
    stopChild();
    const { status, headers, body } = await compare();
    assert.deepEqual([status, typeOf(body), headers.get('retry-after')], [503, 'deadline-exceeded', '2']);
    assert.equal((await compare()).status, 201);
    assert.equal(service.faces.stats().replaced, replaced + 1);
  });

  test('overload: what does not fit the queue is turned away at once, the rest is answered', async () => {
    const pid = stopChild();
    const answers = Array.from({ length: 9 }, compare);
    await until(() => service.faces.stats().turnedAway >= 6);
    assert.equal((await fetch(`${service.url}/health/live`)).status, 200);
    // Nobody is waited for: the child still stands still, and its deadline has not come.
    assert.deepEqual(service.faces.pids(), [pid]);
    process.kill(pid, 'SIGCONT');
    const all = await Promise.all(answers);
    const away = all.filter(({ status }) => status === 503);
    assert.deepEqual(
      all.filter(({ status }) => status !== 503).map(({ status }) => status),
      [201, 201, 201],
    );
    assert.equal(away.length, 6);
    for (const { headers, body } of away) {
      assert.deepEqual([typeOf(body), headers.get('retry-after')], ['busy', '1']);
    }
  });

  test('waiting and reading are exported apart, with the state of the pool', async () => {
    const token = await service.token(['metrics:read']);
    const response = await fetch(`${service.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    const text = await response.text();
    const value = (series: string): number =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')[1],
      );
    const { answered, failed, replaced, turnedAway } = service.faces.stats();
    assert.equal(value('facematch_queue_wait_seconds_count'), answered + failed);
    assert.equal(value('facematch_run_seconds_count'), answered + failed);
    assert.ok(value('facematch_run_seconds_sum') > 0);
    assert.equal(value('facematch_photos_total{outcome="deadline-exceeded"}'), 1);
    assert.equal(value('facematch_photos_turned_away_total'), turnedAway);
    assert.equal(value('facematch_children_replaced_total'), replaced);
    assert.deepEqual([value('facematch_children_ready'), value('facematch_photos_waiting')], [1, 0]);
  });
});

/** Resolves when it holds; fails after ten seconds. */
async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000 && !holds(); i++) await pause(10);
  assert.ok(holds());
}
