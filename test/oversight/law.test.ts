import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageRoot } from '../../src/packageRoot.js';

test('docs/law.md names code and tests that exist, and no rule without a test', () => {
  const text = readFileSync(join(packageRoot, 'docs/law.md'), 'utf8');
  const named = [...text.matchAll(/`((?:src|test|docs)\/[\w./-]+)`/g)].map(([, path]) => path!);
  assert.ok(named.length > 60);
  for (const path of named) assert.ok(existsSync(join(packageRoot, path)), path);
  const rules = text.split('\n').filter((line) => line.startsWith('| ') && !/^\| (rule|---)/.test(line));
  assert.ok(rules.length > 25);
  for (const rule of rules) {
    const [, , code, shown] = rule.split('|');
    assert.match(code!, /src\//, rule);
    assert.match(shown!, /`test\/[\w/]+\.test\.ts`/, rule);
  }
});
