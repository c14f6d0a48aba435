import { Connection } from '../../src/benchmark/connection.js';
import { seededApplication } from '../../src/benchmark/seed.js';
import type { Plan, Sent, Task } from './messages.js';
import { randomOf } from './random.js';

// The program of a process that sends comparisons: its parent measures, and must not be slowed by sending.

const boundary = 'facematch-load';

process.once('message', (task: Task) => {
  void send(task).then((sent) => process.send?.(sent, () => process.exit(0)));
});
process.once('disconnect', () => process.exit(0));

async function send(task: Task): Promise<Sent> {
  const { hostname, port } = new URL(task.url);
  const tails = task.photos.map((photo) =>
    Buffer.concat([
      Buffer.from(
        `\r\n--${boundary}\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\nContent-Type: application/octet-stream\r\n\r\n`,
      ),
      photo,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  );
  const idle = await opened(task.connections, hostname, Number(port));
  const answers: [number, number, number][] = [];
  const acknowledged: string[] = [];
  const problems: Record<string, number> = {};
  let [withoutRetryAfter, broken, unsent, open, count] = [0, 0, 0, idle.length, 0];
  const started = performance.now();

  const one = async (): Promise<number> => {
    let connection = idle.shift();
    while (connection !== undefined && !connection.usable) {
      open--;
      connection = idle.shift();
    }
    if (connection === undefined) {
      if (open >= task.connections) {
        unsent++;
        return 0;
      }
      open++;
      connection = new Connection(hostname, Number(port));
    }
    const began = performance.now();
    const answer = await connection.send(...request(task, count++, tails)).catch(() => undefined);
    const took = performance.now() - began;
    if (answer === undefined) {
      broken++;
      open--;
      return 0;
    }
    idle.push(connection);
    const { status, head, body } = answer;
    answers.push([began - started, status, took]);
    if (status === 201) acknowledged.push(/\r\nlocation: \/v1\/comparisons\/([\w-]+)/i.exec(head)?.[1] ?? '');
    else {
      const type = /"type":"\/problems\/([\w-]+)"/.exec(body.toString())?.[1] ?? `none (${status})`;
      problems[type] = (problems[type] ?? 0) + 1;
      const mayRetry = status === 503 || status === 429;
      if (mayRetry && !/\r\nretry-after: [1-9]\d*/i.test(head)) withoutRetryAfter++;
    }
    return status;
  };

  if (task.plan.kind === 'open') await openLoop(task.plan, task.seed, one);
  else await closedLoop(task.plan, started, one);
  const elapsedMs = performance.now() - started;
  for (const connection of idle) connection.close();
  return { answers, acknowledged, problems, withoutRetryAfter, broken, unsent, elapsedMs };
}

async function opened(count: number, host: string, port: number): Promise<Connection[]> {
  const hello = Buffer.from('GET /health/live HTTP/1.1\r\nHost: load\r\n\r\n');
  const connections = Array.from({ length: count }, () => new Connection(host, port));
  await Promise.all(connections.map((connection) => connection.send(hello)));
  return connections;
}

function request({ senders, holders, series }: Task, n: number, tails: readonly Buffer[]): Buffer[] {
  const sender = senders[n % senders.length];
  const tail = tails[n % tails.length];
  if (sender === undefined || tail === undefined) throw new Error('There is nobody to send for.');
  const application = {
    ...seededApplication(n % holders, n),
    applicationId: `${series}-${n}`,
    office: sender.office,
  };
  const json = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="application"\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(application)}`,
  );
  const head = Buffer.from(
    `POST /v1/comparisons HTTP/1.1\r\nHost: load\r\nAuthorization: Bearer ${sender.token}\r\n` +
      `Content-Type: multipart/form-data; boundary=${boundary}\r\nContent-Length: ${json.length + tail.length}\r\n\r\n`,
  );
  return [head, json, tail];
}

type One = () => Promise<number>;

/** Poisson arrivals; resolves when all that began are answered. */
async function openLoop(
  { perSecond, seconds }: Extract<Plan, { kind: 'open' }>,
  seed: number,
  one: One,
): Promise<void> {
  const random = randomOf(seed);
  const underWay = new Set<Promise<unknown>>();
  const started = performance.now();
  const end = started + 1000 * seconds;
  for (let due = started; due < end; due += (-1000 / perSecond) * Math.log(1 - random())) {
    // Timers count whole milliseconds: what became due meanwhile goes together.
    while (performance.now() < due) await new Promise((resolve) => setTimeout(resolve, 1));
    const sent = one().finally(() => underWay.delete(sent));
    underWay.add(sent);
  }
  await Promise.all(underWay);
}

async function closedLoop(
  { lanes, seconds, pauseMs, thinkMs = 0 }: Extract<Plan, { kind: 'closed' }>,
  started: number,
  one: One,
): Promise<void> {
  const lane = async () => {
    while (performance.now() - started < 1000 * seconds) {
      const pause = (await one()) === 201 ? thinkMs : pauseMs;
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
