import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId, uuidBytes, uuidText } from '../src/ids.js';

test('ids are unique, sort in the order of their making, and are version 7 of RFC 9562', () => {
  const ids = Array.from({ length: 20_000 }, newId);
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual([...ids].sort(), ids);
  for (const id of ids.slice(0, 100)) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(uuidText(uuidBytes(id)), id);
  }
  const at = Number.parseInt(ids[0]!.replaceAll('-', '').slice(0, 12), 16);
  assert.ok(Math.abs(at - Date.now()) < 10_000);
});
