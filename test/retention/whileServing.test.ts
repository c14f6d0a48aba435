import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeIn } from '../../src/benchmark/servedProcess.js';
import { destroyWhileServing } from '../../src/retention/simulation/destroyWhileServing.js';
import { folder } from '../store/fixture.js';

test('the simulation: a service destroys what is due while it compares, and at the end nothing is left', async (t) => {
  const place = placeIn(folder(t));
  const told: number[] = [];
  const report = await destroyWhileServing({
    records: 600,
    place,
    progress: (done) => told.push(done),
    kept: 40,
    idleSeconds: 0.5,
  });
  assert.deepEqual(report.destroyed, { document: 600 });
  assert.ok(report.idle.comparisons > 0 && report.during.comparisons > 0);
  assert.equal(report.idle.failed + report.during.failed, 0);
  assert.equal(report.dueLeft, 0);
  assert.deepEqual(report.end, {
    rows: {},
    keysOfMonthsOver: 0,
    keyringDamaged: 0,
    auditIntact: true,
    ledgerWhole: true,
  });
  assert.deepEqual([told[0], told.at(-1)], [600, 1200]);
});
