import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { KeyedQueue } from '../../src/comparison/keyedQueue.js';
import type { Candidate, NewComparison } from '../../src/store/store.js';
import { directDatabase } from '../support/directDatabase.js';
import { applicationOf, type Holder, inventHolder, officeOf, photo, recordOf } from '../support/office.js';
import { derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
let office: ReturnType<typeof officeOf>;
let first: Buffer;
let applicant: Buffer;
let applications = 2000;

const order = { client: 'test', actor: 'test', ground: 'judgment' };
const next = (holder: Holder, change: object = {}) => ({
  ...applicationOf({ as: holder }, ++applications),
  ...change,
});
const made = async (name: string, days: readonly string[] = ['2010-01-01']) => {
  const holder = inventHolder(
    name,
    ['Anna'],
    days.map((day) => [day, photo(first)]),
  );
  await office.enrol(holder);
  return holder;
};
const documentsOf = async (holder: Holder): Promise<string[]> => {
  const ids: string[] = [];
  for (const passport of holder.passports) {
    ids.push((await office.transfer(recordOf(holder, passport), passport.photo.bytes)).body.documentId);
  }
  return ids;
};
const reads = async () =>
  (await service.store.auditQuery.find({ action: 'comparison.read' }, 0, 1000)).map(({ outcome }) => outcome);
const withTrail = (statement: string) => {
  const db = directDatabase(service.config.store.database, { timeout: 5000 });
  db.exec(statement);
  db.close();
};

before(async () => {
  service = await startTestService();
  const scopes = ['documents:write', 'comparisons:write', 'comparisons:read', 'comparisons:evidence'];
  office = officeOf(service, await service.token(scopes));
  first = await portraitOf('1-right');
  applicant = await derivedPortraitOf('1-right');
});
after(() => service.dispose());

test('a queue runs work of one key in its order, of others beside it, and past a failure', async () => {
  const queue = new KeyedQueue();
  const log: string[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const held = queue.run('a', async () => {
    await gate;
    log.push('a1');
    throw new Error('fails');
  });
  const behind = queue.run('a', async () => log.push('a2'));
  await queue.run('b', async () => log.push('b1'));
  assert.deepEqual(log, ['b1']);
  open();
  await assert.rejects(held, /fails/);
  await behind;
  assert.deepEqual(log, ['b1', 'a1', 'a2']);
});

test('tries for one application sent all at once are counted one by one', async () => {
  const application = next(await made('Samen'));
  const answers = await Promise.all(Array.from({ length: 7 }, () => office.compare(application, applicant)));
  const tries = answers.map(({ body }) => body.evidence!.tries).sort();
  assert.deepEqual(tries, [1, 2, 3, 4, 5, 6, 7]);
  for (const { body } of answers) {
    assert.equal(body.outcome, body.evidence!.tries > 4 ? 'review' : 'consistent', `${body.evidence!.tries}`);
  }
});

test('an answer handed out again is in the trail, and without its entry nobody gets it', async () => {
  const application = next(await made('Herhaald'));
  const headers = { 'idempotency-key': 'again-1' };
  const before = (await reads()).length;
  const both = await Promise.all([
    office.compare(application, applicant, headers),
    office.compare(application, applicant, headers),
  ]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 201]);
  assert.deepEqual((await reads()).slice(before), ['repeated'], 'met only at the commit');
  assert.equal((await office.compare(application, applicant, headers)).status, 200);
  assert.deepEqual((await reads()).slice(before), ['repeated', 'repeated']);
  withTrail("create trigger full before insert on audit begin select raise(abort, 'no room'); end");
  const refused = await office.compare(application, applicant, headers);
  withTrail('drop trigger full');
  assert.deepEqual([refused.status, refused.body.type], [503, '/problems/store-unavailable']);
  assert.equal(refused.body.outcome, undefined);
  assert.equal((await office.compare(application, applicant, headers)).status, 200);
});

test('a reference destroyed after it was found counts as gone', async (t) => {
  const holder = await made('Vernietigd');
  const [id] = await documentsOf(holder);
  const { documents } = service.store;
  const reference = documents.reference.bind(documents);
  t.mock.method(documents, 'reference', async (asked: Candidate, model: string) => {
    if (asked.id === id) await service.store.destruction.destroyNow('document', asked.id, order);
    return reference(asked, model);
  });
  const { status, body } = await office.compare(next(holder, { claimedDocuments: [] }), applicant);
  assert.equal(status, 201);
  assert.deepEqual(
    body.reasons.map(({ code }) => code),
    ['no-reference'],
  );
});

test('a reference destroyed just before the comparison is recorded is no failure of the store', async (t) => {
  const holder = await made('Verdwenen');
  const [id] = await documentsOf(holder);
  const { comparisons } = service.store;
  const create = comparisons.create.bind(comparisons);
  let destroyed = 0;
  t.mock.method(comparisons, 'create', async (comparison: NewComparison) => {
    if (await service.store.destruction.destroyNow('document', id!, order)) destroyed++;
    return create(comparison);
  });
  const { status, body } = await office.compare(next(holder, { claimedDocuments: [] }), applicant);
  assert.deepEqual([status, destroyed], [201, 1]);
  assert.deepEqual(body.evidence!.references, []);
  assert.equal(body.evidence!.tries, 1);
});
