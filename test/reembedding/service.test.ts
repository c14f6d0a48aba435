import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ComparisonAnswer } from '../../src/comparison/answer.js';
import { packageRoot } from '../../src/packageRoot.js';
import { code } from '../store/fixture.js';
import { facematch as command } from '../support/command.js';
import { applicationOf, type Holder, officeOf } from '../support/office.js';
import { databaseSetting } from '../support/postgres.js';
import { startTestService, type TestService } from '../support/service.js';
import {
  applicantsPhoto,
  children,
  dlib,
  enrolPeople,
  logged,
  mobile,
  next,
  scopes,
  until,
} from './support.js';

describe('a next embedder, made ready while the service serves', () => {
  let service: TestService;
  let holders: Holder[];
  let probe: Buffer;
  let applications = 0;

  const facematch = (...args: readonly string[]) => {
    const { database, keyring } = service.config.store;
    const env = {
      FACEMATCH_MODE: 'development',
      FACEMATCH_DATABASE: database,
      FACEMATCH_KEYRING: keyring[0],
      FACEMATCH_KEYRING_MIRROR: keyring[1],
      ...databaseSetting(service.folder),
    };
    return command({ ...env, ...next }, ...args);
  };
  const compare = async (holder: Holder, at = service): Promise<ComparisonAnswer> => {
    const office = officeOf(at, await at.token(scopes));
    const { status, body } = await office.compare(applicationOf({ as: holder }, ++applications), probe);
    assert.equal(status, 201, JSON.stringify(body));
    return body;
  };
  const metrics = async () => {
    const authorization = `Bearer ${await service.token(scopes)}`;
    return (await fetch(`${service.url}/metrics`, { headers: { authorization } })).text();
  };
  const covered = (model: string) => async () =>
    (await service.store.embeddings.coverage(model)).covered === 2 * holders.length;
  const completed = (model: string) => () =>
    logged(service.log, 're-embedding-complete').some((entry) => entry['model'] === model);

  before(async () => {
    service = await startTestService();
    holders = await enrolPeople(service, 12);
    probe = await applicantsPhoto();
    await service.close();
  });
  after(() => service.dispose());

  test('the set grows while comparisons are answered by the active model', async () => {
    service = await service.restart(next);
    assert.equal(service.faces.model, mobile);
    assert.deepEqual(logged(service.log, 'next-embedder').at(0)?.['calibrated'], true);
    const complete = covered(dlib);
    let answered = 0;
    while (!(await complete())) {
      const { evidence } = await compare(holders[answered++ % holders.length]!);
      assert.equal(evidence!.model, mobile);
    }
    await until(completed(dlib), 'the log says that it is complete');
    const [entry] = logged(service.log, 're-embedding-complete').filter(({ model }) => model === dlib);
    assert.equal(entry?.['next'], 'facematch reembed --model dlib-resnet-128 --switch');
    assert.deepEqual([entry?.['documents'], entry?.['unread']], [24, 0]);
    const made = logged(service.log, 're-embedding-made');
    assert.deepEqual(
      made.map(({ model, embedded, withoutFace, unread }) => [model, embedded, withoutFace, unread]),
      [[dlib, 24, 0, 0]],
    );
    const trail = await service.store.auditQuery.find({ action: 'model.reembed' }, 0, 10);
    assert.deepEqual(
      trail.map(({ client, outcome, facts }) => [client, outcome, facts]),
      [
        ['facematch', 'begun', { model: dlib, left: 24 }],
        ['facematch', 'done', { model: dlib, embedded: 24, unread: 0 }],
      ],
    );
  });

  test('figures of both models are there to be watched, readiness is not touched, and its child is gone', async () => {
    const figures = await metrics();
    for (const model of [mobile, dlib]) {
      assert.match(figures, new RegExp(`facematch_embedding_documents\\{model="${model}"\\} 24\n`));
      assert.match(figures, new RegExp(`facematch_embedding_covered\\{model="${model}"\\} 24\n`));
      assert.match(figures, new RegExp(`facematch_embedding_unread\\{model="${model}"\\} 0\n`));
    }
    const { status } = await fetch(`${service.url}/health/ready`);
    assert.equal(status, 200);
    const own = new Set(service.faces.pids());
    assert.deepEqual(
      children().filter((pid) => !own.has(pid)),
      [],
    );
  });

  test('what came since is taken by the next look, which a start is', async () => {
    holders.push(...(await enrolPeople(service, 2)));
    service = await service.restart(next);
    await until(completed(dlib), 'the log says that it is complete');
    assert.deepEqual(
      logged(service.log, 're-embedding-made').map(({ embedded }) => embedded),
      [4],
    );
    await service.close();
    const { out } = await facematch('reembed');
    assert.match(out, /active {6}mobilefacenet-512@1\.0\.0: 28 of 28 documents/);
    assert.match(out, /next {8}dlib-resnet-128@1\.0\.0: 28 of 28 documents/);
  });

  test('after the switch it answers as a service that had the new model from the start', async () => {
    const { status, out, err } = await facematch('reembed', '--model', 'dlib-resnet-128', '--switch');
    assert.equal(status, 0, err);
    assert.match(out, /embedded {4}0 /);
    // The settings name the one before and, as the next, the one that is active: nothing has to be changed at once.
    service = await service.restart({ ...next, FACEMATCH_EMBEDDER: 'mobilefacenet-512' });
    assert.equal(service.faces.model, dlib);
    assert.deepEqual(logged(service.log, 'next-embedder'), []);
    const other = await startTestService({ FACEMATCH_EMBEDDER: 'dlib-resnet-128' });
    try {
      const fresh = await enrolPeople(other, 4);
      for (const [n, holder] of fresh.entries()) {
        const mine = await compare(holders[n]!);
        const theirs = await compare(holder, other);
        assert.equal(mine.outcome, theirs.outcome);
        assert.equal(mine.evidence!.model, dlib);
        const scores = (answer: ComparisonAnswer) =>
          answer.evidence!.references.map(({ comparison }) => comparison!.score);
        for (const [i, score] of scores(mine).entries())
          assert.ok(Math.abs(score - scores(theirs)[i]!) < 1e-4, `${scores(mine)} ${scores(theirs)}`);
      }
    } finally {
      await other.dispose();
    }
  });

  test('what a switch or a rollback left without an embedding by the active model is completed too', async () => {
    holders.push(...(await enrolPeople(service, 1)));
    await service.close();
    assert.equal((await facematch('reembed', '--rollback')).status, 0);
    service = await service.restart();
    await until(covered(mobile), 'the set of the active model is complete');
    await until(() => logged(service.log, 're-embedding-made').length > 0, 'it is told');
    assert.deepEqual(
      logged(service.log, 're-embedding-made').map(({ model, embedded }) => [model, embedded]),
      [[mobile, 2]],
    );
    const reads = service.faces.stats().answered;
    await compare(holders.at(-1)!);
    // The applicant's photo alone.
    assert.equal(service.faces.stats().answered - reads, 1);
  });
});

test('a next embedder that cannot be had keeps the service from starting', async () => {
  for (const name of ['no-such-net', 'ultraface-128'])
    await assert.rejects(startTestService({ FACEMATCH_NEXT_EMBEDDER: name }), code('config-invalid'));
});

test('one without a calibration is made ready, and it is said that there is no switch to it', async (t) => {
  const models = mkdtempSync(join(tmpdir(), 'facematch-models-'));
  t.after(() => rmSync(models, { recursive: true, force: true }));
  cpSync(join(packageRoot, 'models'), models, {
    recursive: true,
    filter: (path) => !/dlib.*calibration/.test(path),
  });
  const service = await startTestService({ ...next, FACEMATCH_MODELS: models });
  t.after(() => service.dispose());
  assert.deepEqual(logged(service.log, 'next-embedder').at(0)?.['calibrated'], false);
  await until(() => logged(service.log, 're-embedding-complete').length > 0, 'a look at all');
  const [entry] = logged(service.log, 're-embedding-complete');
  assert.match(String(entry?.['next']), /make one with "facematch calibrate"/);
});
