import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { reembeddingJob, whileChanging } from '../../src/reembedding/changing.js';
import { turnToEnd } from '../../src/reembedding/turnToEnd.js';
import { PostgresExclusive } from '../../src/store/database/postgresExclusive.js';
import { code } from '../store/fixture.js';
import { facematch } from '../support/command.js';
import { applicationOf, type Holder, officeOf } from '../support/office.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { startTestService, type TestService } from '../support/service.js';
import { applicantsPhoto, dlib, enrolPeople, logged, mobile, next, scopes, until } from './support.js';

const skip = withoutPostgres;
const people = 15;
let postgres: PrivatePostgres;
before(async () => {
  if (skip === false) postgres = await PrivatePostgres.start();
});
after(() => postgres?.dispose());

test('two replicas make a set, one at a time and each photo once; switched, they follow one after another', {
  skip,
}, async (t) => {
  const shared = {
    DATABASE_URL: postgres.createDatabase('records'),
    FACEMATCH_KEYRING_URL: postgres.createDatabase('keys'),
  };
  const first = await startTestService(shared);
  const holders = await enrolPeople(first, people);
  await first.close();
  const env = { ...shared, ...next };
  const replicas = await Promise.all(
    [first.folder, first.folder].map((folder) => startTestService(env, { folder })),
  );
  const running = new Set<TestService>(replicas);
  t.after(async () => {
    for (const one of running) await one.close(2000);
    await first.dispose();
  });
  const all = (event: string) => replicas.flatMap(({ log }) => logged(log, event));
  const probe = await applicantsPhoto();
  let applications = 0;
  const compare = async (service: TestService, holder: Holder) => {
    const office = officeOf(service, await service.token(scopes));
    const { status, body } = await office.compare(applicationOf({ as: holder }, ++applications), probe);
    assert.equal(status, 201, JSON.stringify(body));
    return body.evidence!;
  };

  await until(() => all('re-embedding-complete').length > 0, 'the set is complete');
  assert.equal(all('re-embedding-started').length, 1, 'one is at it, for all of them');
  assert.deepEqual(
    all('re-embedding-made').map(({ model, embedded }) => [model, embedded]),
    [[dlib, 2 * people]],
  );
  assert.deepEqual(all('re-embedding-failed'), []);

  // Nothing was stopped for any of this, and is not for the switch.
  const later = await enrolPeople(replicas[1]!, 2);
  const command = await facematch(
    { FACEMATCH_MODE: 'development', FACEMATCH_DATABASE: `${first.folder}/facematch.db`, ...env },
    ...['reembed', '--model', 'dlib-resnet-128', '--switch'],
  );
  assert.equal(command.status, 0, command.err);
  // Those that came since were made by the command or, had it been quicker, by a service.
  const made = Number(/embedded {4}(\d+) /.exec(command.out)?.[1]);
  const byServices = all('re-embedding-made').reduce((sum, one) => sum + Number(one['embedded']), 0);
  assert.equal(made + byServices, 2 * people + 4);

  const ending = await Promise.race(replicas.map((one) => one.outdated.then(() => one)));
  const staying = replicas.find((one) => one !== ending)!;
  const ready = async ({ url }: TestService) => (await fetch(`${url}/health/ready`)).status;
  assert.deepEqual([await ready(ending), await ready(staying)], [503, 200]);
  assert.equal((await compare(staying, holders[0]!)).model, mobile, 'whoever waits for its turn answers');
  await ending.close(2000);
  running.delete(ending);
  const back = await startTestService(env, { folder: first.folder });
  running.add(back);
  assert.equal(back.faces.model, dlib);
  const evidence = await compare(back, holders[0]!);
  assert.equal(evidence.model, dlib);
  assert.ok(evidence.references.every(({ comparison }) => comparison !== undefined));
  // What one takes in by the model before, the other embeds when it compares.
  const [newcomer] = await enrolPeople(staying, 1);
  assert.equal((await compare(back, newcomer!)).model, dlib);
  assert.equal((await compare(back, later[0]!)).model, dlib);
  assert.equal((await back.store.audit.verify()).intact, true);
});

test('whoever changes the models is alone, waits for the job to make way, and is told who does not', {
  skip,
}, async (t) => {
  const url = postgres.createDatabase('changing');
  const [service, command, other] = [1, 2, 3].map(() => new PostgresExclusive(url)) as [
    PostgresExclusive,
    PostgresExclusive,
    PostgresExclusive,
  ];
  t.after(() => Promise.all([service, command, other].map((one) => one.close())));
  const job = await service.hold(`job:${reembeddingJob}`);
  assert.ok(job);
  let waited = 0;
  let done = false;
  const working = whileChanging(
    command,
    () => {
      waited++;
    },
    async () => {
      assert.equal(await service.hold(`job:${reembeddingJob}`), undefined, 'no job beside it');
      await assert.rejects(
        whileChanging(
          other,
          () => {},
          async () => {},
        ),
        code('busy'),
      );
      done = true;
    },
  );
  await until(() => waited === 1, 'it waits');
  assert.equal(done, false);
  await job.release();
  await working;
  assert.equal(done, true);
  const again = await service.hold(`job:${reembeddingJob}`);
  assert.ok(again, 'and lets go of it');
});

test('processes that are to end take turns: the next one when the one before is gone', {
  skip,
}, async (t) => {
  const url = postgres.createDatabase('turns');
  const locks = [1, 2, 3].map(() => new PostgresExclusive(url));
  t.after(() => Promise.all(locks.map((one) => one.close())));
  const never = new AbortController().signal;
  const said: number[] = [];
  const turns = locks.map(async (exclusive, n) => {
    await turnToEnd(exclusive, 50, never);
    said.push(n);
  });
  const order: number[] = [];
  for (let n = 1; n <= locks.length; n++) {
    await until(() => said.length === n, `turn ${n}`);
    const last = said.at(-1)!;
    order.push(last);
    assert.deepEqual(said, order, 'one at a time');
    await locks[last]?.close();
  }
  await Promise.all(turns);
  assert.deepEqual([...order].sort(), [0, 1, 2]);
  // Who stops anyhow waits for nobody.
  const stopping = new AbortController();
  const [holding, waiting] = [new PostgresExclusive(url), new PostgresExclusive(url)];
  t.after(() => Promise.all([holding.close(), waiting.close()]));
  await turnToEnd(holding, 50, never);
  const inTurn = turnToEnd(waiting, 50, stopping.signal);
  stopping.abort();
  await inTurn;
});
