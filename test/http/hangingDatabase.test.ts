import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { applicationOf, inventHolder, officeOf, photo, recordOf } from '../support/office.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService } from '../support/service.js';

test('a database that hangs is answered with 503, a keyring that hangs too, and both are used again once they go on', {
  skip: withoutPostgres,
}, async (t) => {
  const [postgres, keyring] = [await PrivatePostgres.start(), await PrivatePostgres.start()];
  t.after(() => Promise.all([postgres.dispose(), keyring.dispose()]));
  const service = await startTestService({
    DATABASE_URL: postgres.createDatabase('records'),
    FACEMATCH_KEYRING_URL: keyring.createDatabase('keys'),
    FACEMATCH_DATABASE_ANSWER_MS: '1000',
  });
  t.after(() => service.dispose());
  const office = officeOf(
    service,
    await service.token(['documents:write', 'comparisons:write', 'comparisons:read']),
  );
  const face = await portraitOf('1-right');
  const holder = inventHolder('Peeters', ['Anna'], [['2010-01-01', photo(face)]]);
  const record = recordOf(holder, holder.passports[0]!);
  assert.equal((await office.transfer(record, face)).status, 201);
  const applicant = await derivedPortraitOf('1-right');
  const compare = (number: number, key: string) =>
    office.compare(applicationOf({ as: holder }, number), applicant, { 'idempotency-key': key });
  const made = await compare(1, 'first-of-all');
  assert.equal(made.status, 201);
  const { comparisonId } = made.body;
  const unavailable = ({ status, body }: { status: number; body: { type?: string } }) =>
    assert.deepEqual([status, body.type?.split('/').at(-1)], [503, 'store-unavailable']);
  /** As others do: again where it is refused for now. */
  const answered = async <T extends { status: number }>(ask: () => Promise<T>): Promise<T> => {
    for (let tries = 0; ; tries++) {
      const answer = await ask();
      if (answer.status !== 503 || tries === 200) return answer;
      await sleep(50);
    }
  };

  const stopped = postgres.hang();
  t.after(() => postgres.goOn(stopped));
  const [read, compared, ready] = await Promise.all([
    office.read(comparisonId),
    compare(2, 'while-it-hangs'),
    fetch(`${service.url}/health/ready`),
  ]);
  unavailable(read);
  unavailable(compared);
  assert.equal(ready.status, 503);
  postgres.goOn(stopped);
  assert.equal((await answered(() => office.read(comparisonId))).body.comparisonId, comparisonId);
  // Whether the first one was done before it was given up or not: there is one now.
  const again = await answered(() => compare(2, 'while-it-hangs'));
  assert.equal(again.status, 201);
  assert.equal((await service.store.stats()).comparisons, 2);

  const keys = keyring.hang();
  t.after(() => keyring.goOn(keys));
  unavailable(await office.read(comparisonId));
  keyring.goOn(keys);
  assert.equal((await answered(() => office.read(comparisonId))).status, 200);
  assert.equal((await service.store.audit.verify()).intact, true);
});
