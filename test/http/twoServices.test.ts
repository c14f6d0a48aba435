import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applicationOf, inventHolder, officeOf, photo, recordOf } from '../support/office.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService } from '../support/service.js';

const scopes = ['documents:write', 'comparisons:write', 'comparisons:read', 'comparisons:evidence'];
const order = { client: 'test', actor: 'test', ground: 'judgment' };

test('two services on one database and one keyring: what one takes, the other compares with, until it is destroyed', {
  skip: withoutPostgres,
}, async (t) => {
  const postgres = await PrivatePostgres.start();
  t.after(() => postgres.dispose());
  const env = {
    DATABASE_URL: postgres.createDatabase('records'),
    FACEMATCH_KEYRING_URL: postgres.createDatabase('keys'),
  };
  const one = await startTestService(env);
  t.after(() => one.dispose());
  const other = await startTestService(env, { folder: one.folder });
  t.after(() => other.close(2000));
  const token = await one.token(scopes);
  const [here, there] = [officeOf(one, token), officeOf(other, token)];

  const face = await portraitOf('1-right');
  const holder = inventHolder('Peeters', ['Anna'], [['2010-01-01', photo(face)]]);
  const record = recordOf(holder, holder.passports[0]!);
  const sent = await here.transfer(record, face);
  assert.equal(sent.status, 201);
  const again = await there.transfer(record, face);
  assert.deepEqual([again.status, again.body.documentId], [200, sent.body.documentId]);

  const applicant = await derivedPortraitOf('1-right');
  const made = await there.compare(applicationOf({ as: holder }, 1), applicant);
  assert.equal(made.status, 201);
  assert.equal(made.body.outcome, 'consistent');
  const read = await here.read(made.body.comparisonId);
  assert.deepEqual([read.status, read.body.outcome], [200, 'consistent']);

  await here.read(made.body.comparisonId);
  assert.equal(await one.store.destruction.destroyNow('comparison', made.body.comparisonId, order), true);
  assert.equal((await there.read(made.body.comparisonId)).status, 404);
  assert.equal(await other.store.destruction.destroyNow('document', sent.body.documentId, order), true);
  const without = await here.compare(applicationOf({ as: holder }, 2), applicant);
  assert.notEqual(without.body.outcome, 'consistent');
  assert.equal((await one.store.audit.verify()).intact, true);
  assert.deepEqual((await other.store.keyring.verify()).damaged, []);

  // Without the keyring nothing is read, and nothing is made up.
  await postgres.query('alter database keys allow_connections false');
  await postgres.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'keys'`);
  const kept = await there.read(without.body.comparisonId);
  assert.deepEqual([kept.status, kept.body.type?.split('/').at(-1)], [503, 'store-unavailable']);
  await postgres.query('alter database keys allow_connections true');
  const back = await here.read(without.body.comparisonId);
  assert.equal(back.status, 200);
});
