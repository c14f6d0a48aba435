import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { requireCounts } from '../support/acknowledged.js';
import { folder } from '../support/cleanup.js';
import { fault } from '../support/fault.js';
import { compare, enrolOne, readComparison } from '../support/people.js';
import { serve, until } from '../support/served.js';

const inTime = 20;

fault('SIGTERM', 'requests in flight and silent sockets', {}, async (t, tried) => {
  const place = folder(t);
  const service = await serve(t, place, { env: { FACEMATCH_DEADLINE_MS: '10000' } });
  const people = await enrolOne(service);
  const port = Number(new URL(service.url).port);
  const silent = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  // One says nothing at all, one began a request and stopped.
  silent[1]?.write('POST /v1/comparisons HTTP/1.1\r\nHost: x\r\nContent-Le');
  for (const socket of silent) socket.on('error', () => undefined);

  const [child] = service.children();
  assert.ok(child !== undefined);
  process.kill(child, 'SIGSTOP');
  const inFlight = Array.from({ length: 6 }, () => compare(service, people, people.genuine));
  const metrics = `Bearer ${await service.token(['metrics:read'])}`;
  await until('six requests are in flight', async () => {
    const response = await fetch(`${service.url}/metrics`, { headers: { authorization: metrics } });
    return /^facematch_http_requests_in_flight 7$/m.test(await response.text());
  });
  const since = performance.now();
  process.kill(service.pid, 'SIGTERM');
  await until('no connection is taken any more', () => refused(port));
  // Said twice, it must not be cut short.
  process.kill(service.pid, 'SIGTERM');
  process.kill(child, 'SIGCONT');
  const answers = await Promise.all(inFlight);
  const { status, signal } = await service.ended;
  const seconds = (performance.now() - since) / 1000;
  assert.deepEqual([status, signal], [0, null], service.said());
  assert.ok(seconds < inTime, `${seconds} s`);
  assert.deepEqual(
    answers.map((answer) => answer.status),
    answers.map(() => 201),
  );
  for (const socket of silent) socket.destroy();

  const database = join(place, 'facematch.db');
  assert.ok(!existsSync(`${database}-wal`) || statSync(`${database}-wal`).size === 0);
  requireCounts(database);
  const again = await serve(t, place);
  for (const { body } of answers) assert.equal((await readComparison(again, body.comparisonId)).status, 200);
  tried(
    `6 in flight answered 201, new ones refused, 2 silent sockets; exit 0 after ${seconds.toFixed(1)} s; write-ahead log cut`,
  );
});

const refused = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
