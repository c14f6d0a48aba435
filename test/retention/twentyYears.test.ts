import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedTime, twentyYears } from '../../src/retention/simulation/twentyYears.js';
import { openStore } from '../../src/store/store.js';
import { folder, storeOptions } from '../store/fixture.js';
import { nothing, rows } from './support.js';

test('forty years: passports are issued, renewed, compared and destroyed, and nothing is left', async (t) => {
  const time = new SimulatedTime(new Date('2006-01-01T00:00:00Z'));
  const options = storeOptions(folder(t), { clock: time.clock });
  const store = await openStore(options);
  t.after(() => store.close());
  const records = 400;
  const report = await twentyYears(store, time, { records, from: '2006-01-01', stepMonths: 6 });
  assert.equal(report.issued, records);
  assert.equal(report.comparisons, records / 2);
  assert.equal(report.referencesRight, report.comparisons);
  assert.equal(report.most, records, 'all of them while none is twenty years old');
  assert.equal(report.destroyed['document'], records);
  assert.equal(report.destroyed['comparison'], records / 2);
  assert.equal(report.destroyed['probe'], records / 2);
  assert.equal(report.reviews, records / 8);
  assert.equal(report.destroyed['review'], report.reviews);
  assert.equal(report.destroyed['review-words'], 2 * report.reviews);
  assert.equal(report.destroyed['inquiry'], report.inquiries);
  assert.equal(report.destroyed['hold'], report.inquiries);
  assert.ok(report.inquiries > 10);
  assert.deepEqual(rows(options.databasePath), nothing);
  assert.ok((await store.audit.verify()).intact);
  assert.equal(await store.ledger.verify(), undefined);
  // Of the last ten years' months of the audit trail alone.
  assert.ok((await store.keyring.months()).every((month) => month > '2045-12'));
  const { damaged } = await store.keyring.verify();
  assert.deepEqual(damaged, []);
});
