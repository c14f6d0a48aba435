import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { localToken } from '../../../src/cli/localToken.js';
import { loadConfig } from '../../../src/config.js';
import { roleOf } from '../../../src/oversight/roles.js';
import { personIn } from '../../oversight/people.js';
import { folder } from '../support/cleanup.js';
import { fault } from '../support/fault.js';
import { compare, enrolOne } from '../support/people.js';
import { type Served, serve, until } from '../support/served.js';

const hour = 3_600_000;
const day = 24 * hour;
const years21 = 21 * 365 * day + 5 * day;
const tools = ['faketime'] as const;

/** A service whose wall clock a file moves; its monotonic clock stays right. */
async function withClock(
  t: TestContext,
  place: string,
  options: { offset?: number; env?: Record<string, string> } = {},
) {
  const file = join(place, 'clock');
  let offset = 0;
  const set = (ms: number) => {
    offset = ms;
    writeFileSync(`${file}.new`, `${ms < 0 ? '-' : '+'}${Math.abs(ms) / 1000}`);
    renameSync(`${file}.new`, file);
  };
  set(options.offset ?? 0);
  const preload = spawnSync('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD']).stdout.toString().trim();
  const service = await serve(t, place, {
    env: {
      LD_PRELOAD: preload,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
      ...options.env,
    },
  });
  const { LD_PRELOAD, FAKETIME_TIMESTAMP_FILE, FAKETIME_NO_CACHE, DONT_FAKE_MONOTONIC, ...env } = service.env;
  const config = loadConfig(env);
  /** As the service sees it: tokens are made by the clock that it has. */
  const then: Served = {
    ...service,
    token: (scopes, { person = 'clerk-1', ...claims } = {}) =>
      localToken(
        config,
        { client: 'test', subject: 'test', person, ...claims, scopes, lifetimeSeconds: 3600 },
        () => new Date(Date.now() + offset),
      ),
  };
  return { service: then, set };
}

const runs = '/v1/operations/retention-runs';

async function destroyed(service: Served): Promise<[status: number, type: string | undefined]> {
  const operator = await personIn(service, 'operator');
  const { status, body } = await operator.post(runs, {});
  return [status, body.type];
}

const rowsIn = (place: string) => {
  const db = new Database(join(place, 'facematch.db'), { readonly: true });
  const count = (table: string) => Number(db.prepare(`select count(*) from ${table}`).pluck().get());
  const found = [count('documents'), count('comparisons'), count('probes')];
  db.close();
  return found;
};

fault(
  'clock',
  'back two hours, forward two hours and 21 years, under the running service',
  { tools },
  async (t, tried) => {
    const place = folder(t);
    const { service, set } = await withClock(t, place);
    const people = await enrolOne(service);
    const { body } = await compare(service, people, people.stranger);
    const before = rowsIn(place);
    assert.deepEqual(before, [2, 1, 1]);
    const implausible = [409, '/problems/clock-implausible'];
    for (const offset of [-2 * hour, 2 * hour, years21]) {
      set(offset);
      assert.deepEqual(await destroyed(service), implausible, `${offset / hour} hours`);
      assert.deepEqual(rowsIn(place), before);
      const office = await personIn(service, 'office');
      assert.equal((await office.get(`/v1/comparisons/${body.comparisonId}`)).status, 200);
    }
    set(0);
    // Right again: the run is admitted and finds nothing due.
    assert.equal((await destroyed(service))[0], 202);
    assert.deepEqual(rowsIn(place), before);
    assert.equal((await service.stop()).status, 0);

    const db = new Database(join(place, 'facematch.db'), { readonly: true });
    const entries = db.prepare('select seq, at from audit order by seq').all() as {
      seq: number;
      at: string;
    }[];
    db.close();
    assert.deepEqual(
      entries.map(({ seq }) => seq),
      entries.map((_, n) => n + 1),
    );
    const backwards = entries.filter(({ at }, n) => n > 0 && at < (entries[n - 1]?.at ?? '')).length;
    assert.ok(backwards >= 2, 'the trail goes by its sequence where the clock went back');
    tried(
      `3 jumps: 409 clock-implausible, nothing destroyed, reads answered; trail in sequence over ${backwards} steps back`,
    );
  },
);

fault('clock', '21 years ahead, or years behind, at the start', { tools }, async (t, tried) => {
  const place = folder(t);
  const first = await withClock(t, place);
  const people = await enrolOne(first.service);
  await compare(first.service, people, people.genuine);
  assert.equal((await destroyed(first.service))[0], 202);
  assert.equal((await first.service.stop()).status, 0);
  const before = rowsIn(place);
  for (const offset of [years21, -3 * 365 * day]) {
    const { service } = await withClock(t, place, { offset });
    assert.deepEqual(await destroyed(service), [409, '/problems/clock-implausible']);
    assert.deepEqual(rowsIn(place), before);
    assert.equal((await service.stop()).status, 0);
  }
  const again = await withClock(t, place);
  const metrics = `Bearer ${await again.service.token(roleOf('operator').scopes, { role: 'operator' })}`;
  assert.equal(
    (await fetch(`${again.service.url}/metrics`, { headers: { authorization: metrics } })).status,
    200,
  );
  assert.equal((await destroyed(again.service))[0], 202);
  assert.deepEqual(rowsIn(place), before);
  tried('2 starts: 409 clock-implausible, nothing destroyed; with the right clock everything is still there');
});

fault('clock', 'deadlines go by the monotonic clock', { tools }, async (t, tried) => {
  const { service, set } = await withClock(t, folder(t), { env: { FACEMATCH_DEADLINE_MS: '3000' } });
  const people = await enrolOne(service);
  const inFlight = async () => {
    await until('the request is in flight', () => /^State:\tT/m.test(stateOf(service.children()[0] ?? 0)));
    await new Promise((resolve) => setTimeout(resolve, 500));
  };
  const [child] = service.children();
  assert.ok(child !== undefined);

  process.kill(child, 'SIGSTOP');
  const early = compare(service, people, people.genuine);
  await inFlight();
  set(2 * day);
  await new Promise((resolve) => setTimeout(resolve, 500));
  process.kill(child, 'SIGCONT');
  assert.equal((await early).status, 201, 'two days ahead ended nothing early');

  set(0);
  process.kill(child, 'SIGSTOP');
  const late = compare(service, people, people.genuine);
  await inFlight();
  set(-2 * day);
  const { status, body } = await late;
  assert.deepEqual(
    [status, body.type],
    [503, '/problems/deadline-exceeded'],
    'two days back put nothing off',
  );
  tried('two days ahead: answered; two days back: 503 at the deadline');
});

const stateOf = (pid: number): string => {
  const { stdout } = spawnSync('cat', [`/proc/${pid}/status`]);
  return stdout.toString();
};
