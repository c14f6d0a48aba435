import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageRoot } from '../../src/packageRoot.js';
import { variables } from '../../src/settings.js';

const text = readFileSync(join(packageRoot, 'docs/security.md'), 'utf8');

test('docs/security.md names code and tests that exist, and no requirement without both', () => {
  const named = [...text.matchAll(/`((?:src|test|docs|models)\/[\w./-]+)`/g)].map(([, path]) => path!);
  assert.ok(named.length > 150);
  for (const path of named) assert.ok(existsSync(join(packageRoot, path)), path);
  const rows = text.split('\n').filter((line) => /^\| \d+\.\d+\.\d+/.test(line));
  assert.ok(rows.length > 70, String(rows.length));
  for (const row of rows) {
    const [, , , code, shown] = row
      .split(' | ')
      .flatMap((cell, index) => (index === 0 ? ['', cell] : [cell]));
    assert.match(code!, /`src\//, row);
    assert.match(shown!, /`test\/[\w/-]+\.test\.ts`/, row);
  }
});

test('every chapter of ASVS that applies is there, each requirement once', () => {
  const requirements = text
    .split('\n')
    .filter((line) => /^\| \d+\.\d+\.\d+/.test(line))
    .flatMap((line) => [...line.split(' | ')[0]!.matchAll(/\d+\.\d+\.\d+/g)].map(([number]) => number));
  assert.deepEqual(
    requirements.filter((number, index) => requirements.indexOf(number) !== index),
    [],
  );
  const chapters = new Set(requirements.map((number) => Number(number.split('.')[0])));
  assert.deepEqual(
    [...chapters].sort((a, b) => a - b),
    Array.from({ length: 16 }, (_, index) => index + 1),
  );
});

test('the settings it names exist', () => {
  const names = [...text.matchAll(/`(FACEMATCH_\w+)/g)].map(([, name]) => name!);
  assert.ok(names.length > 0);
  for (const name of names) assert.ok(name in variables, name);
});
