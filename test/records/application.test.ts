import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFacematchError } from '../../src/errors.js';
import { requireRecent } from '../../src/records/application.js';

const now = new Date('2026-03-15T12:00:00Z');

for (const receivedAt of [
  '2026-03-15T12:00:00Z',
  '2026-03-16T12:00:00Z',
  '2026-03-16T14:00:00+02:00',
  '2025-03-15T00:00:00Z',
]) {
  test(`an application received at ${receivedAt} is recent`, () => requireRecent({ receivedAt }, now));
}

for (const [receivedAt, fault] of [
  ['2026-03-16T12:00:01Z', 'in-the-future'],
  ['2026-03-16T13:00:00-01:00', 'in-the-future'],
  ['2036-01-01T00:00:00Z', 'in-the-future'],
  ['2025-03-14T23:59:59Z', 'too-long-ago'],
  ['2025-03-15T01:00:00+02:00', 'too-long-ago'],
  ['2009-01-01T00:00:00Z', 'too-long-ago'],
] as const) {
  test(`an application received at ${receivedAt} is refused: ${fault}`, () => {
    assert.throws(
      () => requireRecent({ receivedAt }, now),
      (error: unknown) => {
        assert.ok(isFacematchError(error, 'validation'));
        assert.deepEqual(error.facts, { pointers: ['/receivedAt'], codes: [fault] });
        return true;
      },
    );
  });
}
