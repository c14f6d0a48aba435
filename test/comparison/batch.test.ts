import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { ComparisonAnswer } from '../../src/comparison/answer.js';
import { bearer, formBytes, formType, type PartSpec, startHarness } from '../http/harness.js';
import { applicationOf, type Holder, inventHolder, officeOf, photo } from '../support/office.js';
import { derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

interface BatchBody {
  readonly type?: string;
  readonly items: readonly {
    readonly index: number;
    readonly status: number;
    readonly comparison?: ComparisonAnswer;
    readonly problem?: { readonly type: string; readonly errors?: unknown };
  }[];
}

const path = '/v1/comparisons/batch';
const application = (content: unknown): PartSpec => ({
  name: 'application',
  content: typeof content === 'string' ? content : JSON.stringify(content),
  type: 'application/json',
});
const image = (content: Buffer | string): PartSpec => ({
  name: 'photo',
  content,
  filename: 'p.jpg',
  type: 'image/jpeg',
});

async function post(url: string, token: string, body: Buffer, key?: string) {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: {
      ...bearer(token),
      'Content-Type': formType,
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
    },
    body: new Uint8Array(body),
  });
  return { status: response.status, body: (await response.json()) as BatchBody };
}

/** Says the first bytes of a body and no more; `hangUp` ends the connection. */
function begin(url: string, token: string, body: Buffer, key: string) {
  const request = httpRequest(url + path, {
    method: 'POST',
    headers: {
      ...bearer(token),
      'Content-Type': formType,
      'Idempotency-Key': key,
      'Transfer-Encoding': 'chunked',
    },
  });
  request.on('error', () => {});
  request.write(body);
  return { hangUp: () => request.destroy() };
}

const slugs = (body: BatchBody) =>
  body.items.map(({ problem }) => problem?.type.replace('/problems/', '') ?? 'compared');
const idsOf = (body: BatchBody) => body.items.map(({ comparison }) => comparison?.comparisonId);

describe('a batch of comparisons', () => {
  let service: TestService;
  let token: string;
  let anna: Holder;
  let genuine: Buffer;
  let stranger: Buffer;
  let applications = 0;
  const next = (change: object = {}) => ({ ...applicationOf({ as: anna }, ++applications), ...change });
  const recorded = async () => (await service.store.stats()).comparisons;

  before(async () => {
    // One photo may wait: every item but the first meets a pool that is busy.
    service = await startTestService({ FACEMATCH_QUEUE: '1', FACEMATCH_BATCH: '1' });
    token = await service.token(['comparisons:write'], { office: 'gent' });
    anna = inventHolder(
      'Peeters',
      ['Anna'],
      [
        ['2008-03-10', photo(await portraitOf('1-right'))],
        ['2017-05-02', photo(await portraitOf('3-middle'))],
      ],
    );
    const all = await service.token(['documents:write']);
    await officeOf(service, all).enrol(anna);
    genuine = await derivedPortraitOf('3-middle');
    stranger = await portraitOf('6-left');
  });
  after(() => service.dispose());

  test('answers every item in its order; a bad one fails alone', async () => {
    const same = [application(next()), image(genuine)];
    const parts: PartSpec[] = [
      application(next()),
      image(genuine),
      application('{"applicationId": "A-1"'),
      image(genuine),
      application(next()),
      application(next()),
      image('no picture at all'),
      application(next({ office: 'brugge' })),
      image(genuine),
      application(next({ birthDate: 'yesterday', email: 'a@b.example' })),
      image(genuine),
      image(genuine),
      application(next()),
      image(''),
      ...same,
      ...same,
      application(next()),
      image(stranger),
    ];
    const { status, body } = await post(service.url, token, formBytes(parts));
    assert.equal(status, 200);
    assert.deepEqual(
      body.items.map(({ index }) => index),
      body.items.map((_, i) => i),
    );
    assert.deepEqual(slugs(body), [
      'compared',
      'malformed-json',
      'photo-missing',
      'unsupported-image',
      'forbidden',
      'validation',
      'body-missing',
      'photo-empty',
      'compared',
      'compared',
      'compared',
    ]);
    assert.deepEqual(
      body.items.map((item) => item.status),
      [201, 400, 400, 415, 403, 422, 400, 400, 201, 201, 201],
    );
    const outcomes = body.items.flatMap(({ comparison }) => comparison?.outcome ?? []);
    assert.deepEqual(outcomes, ['consistent', 'consistent', 'consistent', 'review']);
    assert.ok(body.items.every(({ comparison }) => comparison?.evidence === undefined));
    assert.equal(await recorded(), 4);
    assert.ok(!JSON.stringify(body).includes('a@b.example'));
  });

  test('the same batch again gives the same comparisons; a changed item is refused alone', async () => {
    const first = [application(next()), image(genuine)];
    const second = [application(next()), image(stranger)];
    const key = 'batch-twice';
    const once = await post(service.url, token, formBytes([...first, ...second]), key);
    const before = await recorded();
    const twice = await post(service.url, token, formBytes([...first, ...second]), key);
    assert.deepEqual(idsOf(twice.body), idsOf(once.body));
    assert.deepEqual(
      twice.body.items.map(({ status }) => status),
      [200, 200],
    );
    const changed = await post(
      service.url,
      token,
      formBytes([...first, application(next()), image(stranger)]),
      key,
    );
    assert.deepEqual(slugs(changed.body), ['compared', 'idempotency-mismatch']);
    assert.equal(changed.body.items[0]!.comparison!.comparisonId, idsOf(once.body)[0]);
    assert.equal(await recorded(), before);
  });

  test('a body that breaks off is refused as a whole; what was recorded comes back when it is sent again', async () => {
    const parts = [application(next()), image(genuine), application(next()), image(stranger)];
    const whole = formBytes(parts);
    const before = await recorded();
    const broken = await post(
      service.url,
      token,
      whole.subarray(0, whole.length - stranger.length),
      'broken',
    );
    assert.equal(broken.status, 400);
    assert.equal(broken.body.type, '/problems/malformed-multipart');
    assert.equal(await recorded(), before + 1);
    const { body } = await post(service.url, token, whole, 'broken');
    assert.deepEqual(
      body.items.map(({ status }) => status),
      [200, 201],
    );
    assert.equal(await recorded(), before + 2);
  });

  test('a caller who hangs up half-way stops it', async () => {
    const parts = [1, 2, 3].flatMap(() => [application(next()), image(genuine)]);
    const whole = formBytes(parts);
    const before = await recorded();
    const call = begin(
      service.url,
      token,
      whole.subarray(0, whole.length - Math.floor(1.5 * genuine.length)),
      'hang-up',
    );
    await until(
      async () => (await recorded()) > before,
      'the first item is compared while the rest is still to come',
    );
    call.hangUp();
    await pause(300);
    assert.ok((await recorded()) - before <= 2);
    const { body } = await post(service.url, token, whole, 'hang-up');
    assert.equal(body.items[0]!.status, 200);
    assert.deepEqual(slugs(body), ['compared', 'compared', 'compared']);
    assert.equal(await recorded(), before + 3);
  });

  test('refuses more than a hundred items, other parts, an empty form and another type', async () => {
    const before = await recorded();
    const many = Array.from({ length: 101 }, () => [application('{'), image(genuine.subarray(0, 10))]).flat();
    const answers = await Promise.all([
      post(service.url, token, formBytes(many)),
      post(service.url, token, formBytes([application('{'), { ...image(genuine), name: 'picture' }])),
      post(service.url, token, formBytes([])),
    ]);
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.type]),
      [
        [400, '/problems/too-many-parts'],
        [400, '/problems/unexpected-part'],
        [400, '/problems/body-missing'],
      ],
    );
    const json = await fetch(service.url + path, {
      method: 'POST',
      headers: { ...bearer(token), 'Content-Type': 'application/json' },
      body: '{}',
    });
    assert.equal(json.status, 415);
    assert.equal(await recorded(), before);
  });
});

test('a sender faster than the service waits: no more is held than the cap', async () => {
  const harness = await startHarness({
    limits: { photoBytes: 100_000, jsonBytes: 4_096, batchBytes: 300_000 },
  });
  try {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    harness.services.before = () => gate;
    const photoBytes = Buffer.alloc(90_000, 0xd8);
    const items = Array.from({ length: 60 }, () => [application({ applicationId: 'a1' }), image(photoBytes)]);
    const answer = post(harness.url, harness.token, formBytes(items.flat()));
    await until(() => harness.services.comparisonRequests.length > 0, 'the first is read');
    await pause(500);
    const reached = harness.services.comparisonRequests.length;
    assert.ok(reached <= 3, `${reached} items were read ahead`);
    open();
    const { status, body } = await answer;
    assert.equal(status, 200);
    assert.equal(body.items.length, 60);
    assert.ok(slugs(body).every((slug) => slug === 'compared'));
    assert.ok(harness.services.comparisonRequests.every(({ priority }) => priority === 'low'));
  } finally {
    await harness.server.close(1000);
  }
});
