import assert from 'node:assert/strict';
import test from 'node:test';
import { Shares } from '../../src/face/pool/shares.js';

test('a party is behind that gets less than half of an equal share', () => {
  let now = 0;
  const shares = new Shares(() => now);
  assert.ok(shares.isBehind('new', 10), 'nobody was let in yet');
  for (const party of ['a', 'b', 'c', 'd']) shares.note(party);
  assert.ok(shares.isBehind('new', 10));
  now = 80;
  assert.equal(shares.isBehind('a', 10), false, 'twice the forty milliseconds of four parties');
  now = 81;
  assert.ok(shares.isBehind('a', 10));
  shares.note('a');
  assert.equal(shares.isBehind('a', 10), false);
  now = 1050;
  assert.equal(shares.isBehind('a', 1000), false, 'it alone still counts as one that sends');
  now = 2000;
  assert.ok(shares.isBehind('a', 1000));
});
