import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { defaultLimits } from '../../../src/http/limits.js';
import { boundary, formType } from '../../http/harness.js';
import { folder } from '../support/cleanup.js';
import { fault } from '../support/fault.js';
import { compare, enrolOne } from '../support/people.js';
import { serve } from '../support/served.js';

interface Dripping {
  readonly kind: 'headers' | 'body';
  readonly seconds: number;
  readonly status: number;
}

/** Opens a connection, begins a request and goes on with a byte a second; says when and with what it was ended. */
function drip(port: number, kind: Dripping['kind'], token: string, sockets: Set<Socket>): Promise<Dripping> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    sockets.add(socket);
    const since = performance.now();
    let answer = '';
    const head = ['POST /v1/comparisons HTTP/1.1', 'Host: x', `Authorization: Bearer ${token}`];
    const form = `Content-Type: ${formType}\r\nContent-Length: 100000\r\n\r\n--${boundary}\r\n`;
    socket.write(`${head.join('\r\n')}\r\n${kind === 'body' ? form : 'X-Slow: '}`);
    const timer = setInterval(() => socket.write('a'), 1000);
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      sockets.delete(socket);
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
      resolve({ kind, seconds: (performance.now() - since) / 1000, status });
    });
  });
}

fault('slowloris', '500 sockets drip headers and bodies', {}, async (t, tried) => {
  const service = await serve(t, folder(t));
  const people = await enrolOne(service);
  const port = Number(new URL(service.url).port);
  // Of an office that may send photos; the others are served by what it leaves.
  const token = await service.token(['comparisons:write'], { office: 'namur' });
  const sockets = new Set<Socket>();
  const kinds = Array.from({ length: 500 }, (_, n) => (n % 2 === 0 ? 'headers' : 'body') as Dripping['kind']);
  const all = Promise.all(kinds.map((kind) => drip(port, kind, token, sockets)));
  let open = 500;
  void all.then(() => {
    open = 0;
  });
  let answered = 0;
  // Others are served all the while.
  while (open > 0) {
    const { status, text } = await compare(service, people, people.genuine);
    assert.equal(status, 201, text);
    assert.equal((await fetch(`${service.url}/health/live`)).status, 200);
    answered += 1;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const ended = await all;
  // Ended by the limit and not long after it; what a busy machine adds is seconds, not the next limit.
  const limits = { headers: defaultLimits.headersTimeoutMs, body: defaultLimits.requestTimeoutMs };
  const turnedAway = ended.filter(({ status }) => status === 503);
  for (const { kind, seconds, status } of ended) {
    if (status === 503) continue;
    assert.ok(status === 408 || status === 0, `${kind} ${status}`);
    assert.ok(seconds * 1000 >= limits[kind] - 1000, `${kind} ${seconds}`);
    assert.ok(seconds * 1000 < limits[kind] * 2, `${kind} ${seconds}`);
  }
  const timedOut = ended.filter(({ status }) => status === 408).length;
  assert.ok(timedOut >= 250, `${timedOut}`);
  const of = (kind: Dripping['kind']) =>
    Math.max(
      ...ended.filter((each) => each.kind === kind && each.status !== 503).map(({ seconds }) => seconds),
    );
  tried(
    `${timedOut} answered 408, ${turnedAway.length} turned away at once; headers ended after ${of('headers').toFixed(0)} s, bodies after ${of('body').toFixed(0)} s; ${answered} comparisons meanwhile, none failed`,
  );
});
