import assert from 'node:assert/strict';
import { cpSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import sharp from 'sharp';
import { packageRoot } from '../../../src/packageRoot.js';
import { folder } from '../support/cleanup.js';
import { fault } from '../support/fault.js';
import { compare, enrolOne } from '../support/people.js';
import { run } from '../support/program.js';
import { type Served, serve, until } from '../support/served.js';

async function atWork(t: TestContext, env: Record<string, string> = {}) {
  const service = await serve(t, folder(t), { env: { FACEMATCH_DEADLINE_MS: '1500', ...env } });
  return { service, people: await enrolOne(service) };
}

const gone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

/** The one child, once it can take work. */
async function ready(service: Served): Promise<number> {
  await until('a child is ready', async () => (await fetch(`${service.url}/health/ready`)).status === 200);
  const [pid] = service.children();
  assert.ok(pid !== undefined);
  return pid;
}

fault('child crash', 'SIGSEGV in mid-request', {}, async (t, tried) => {
  const { service, people } = await atWork(t);
  const child = await ready(service);
  // Stopped first, so that the request is surely in the middle.
  process.kill(child, 'SIGSTOP');
  const lost = compare(service, people, people.genuine);
  const metrics = `Bearer ${await service.token(['metrics:read'])}`;
  await until('the request is in flight', async () => {
    const text = await (
      await fetch(`${service.url}/metrics`, { headers: { authorization: metrics } })
    ).text();
    return /^facematch_http_requests_in_flight 2$/m.test(text);
  });
  process.kill(child, 'SIGSEGV');
  process.kill(child, 'SIGCONT');
  const { status, body, headers } = await lost;
  assert.deepEqual([status, body.type], [503, '/problems/reading-failed']);
  assert.ok(Number(headers.get('retry-after')) > 0);
  const since = performance.now();
  const next = await ready(service);
  const seconds = (performance.now() - since) / 1000;
  assert.notEqual(next, child);
  assert.ok(gone(child) && !gone(service.pid) && service.process.exitCode === null);
  assert.equal((await compare(service, people, people.genuine)).status, 201);
  assert.equal((await service.stop()).status, 0);
  tried(
    `one 503 with Retry-After; another child ready ${seconds.toFixed(1)} s later; the service's process the same`,
  );
});

fault('child hang', 'SIGSTOP in mid-request', {}, async (t, tried) => {
  const { service, people } = await atWork(t);
  const child = await ready(service);
  process.kill(child, 'SIGSTOP');
  const { status, body, headers } = await compare(service, people, people.genuine);
  assert.deepEqual([status, body.type], [503, '/problems/deadline-exceeded']);
  assert.ok(Number(headers.get('retry-after')) > 0);
  await until('the stopped child is gone', () => gone(child));
  assert.notEqual(await ready(service), child);
  assert.equal((await compare(service, people, people.genuine)).status, 201);
  tried('503 with Retry-After at the deadline; the stopped child killed and replaced');
});

fault('child memory limit', 'more resident memory than the setting allows', {}, async (t, tried) => {
  const { service, people } = await atWork(t, { FACEMATCH_WORKER_MEMORY_MB: '128' });
  const seen = new Set<number>();
  const statuses: number[] = [];
  for (let n = 0; n < 3; n++) {
    seen.add(await ready(service));
    statuses.push((await compare(service, people, people.genuine)).status);
  }
  assert.deepEqual(statuses, [201, 201, 201]);
  assert.equal(seen.size, 3);
  await until('the children that grew are gone', () => service.children().length === 1);
  tried('3 photos over the limit: each answered, each by a child that was then replaced');
});

fault('child memory limit', 'the system gives no more memory', { tools: ['prlimit'] }, async (t, tried) => {
  const { service, people } = await atWork(t, {
    FACEMATCH_DEADLINE_MS: '10000',
    FACEMATCH_PHOTO_BYTES: '100000000',
  });
  const large = await sharp(people.genuine).resize(4000, 5000, { fit: 'fill' }).png().toBuffer();
  const child = await ready(service);
  const mapped =
    Number(/^VmSize:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1]) * 1024;
  const limited = await run(['prlimit', `--pid=${child}`, `--as=${mapped}:${mapped}`]);
  assert.equal(limited.status, 0, limited.errors);
  const { status, body } = await compare(service, people, large);
  // Never a verdict on the photo: what failed is the machine.
  assert.deepEqual([status, body.type], [503, '/problems/reading-failed']);
  await ready(service);
  assert.ok(!gone(service.pid));
  assert.equal((await compare(service, people, people.genuine)).status, 201);
  tried('a photo of 20 megapixels: 503 and no verdict on the photo; the next one answered');
});

fault('corrupt model', 'a network is cut short under the running service', {}, async (t, tried) => {
  const models = join(folder(t), 'models');
  cpSync(join(packageRoot, 'models'), models, { recursive: true });
  const { service, people } = await atWork(t, { FACEMATCH_MODELS: models });
  const child = await ready(service);
  truncateSync(join(models, 'build', 'mobilefacenet-512.onnx'), 100_000);
  process.kill(child, 'SIGKILL');
  await until(
    'the service is not ready',
    async () => (await fetch(`${service.url}/health/ready`)).status === 503,
  );
  await until('no child is tried any more', () => service.children().length === 0);
  const { status, body, text } = await compare(service, people, people.genuine);
  assert.deepEqual([status, body.type], [500, '/problems/model-corrupt']);
  assert.doesNotMatch(text, /outcome|score/);
  assert.equal((await fetch(`${service.url}/health/live`)).status, 200);
  assert.equal((await service.stop()).status, 0);
  tried('no child starts on it: not ready, 500 model-corrupt, no score');
});
