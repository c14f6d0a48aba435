import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  namedRules,
  overBefore,
  periodText,
  plus,
  retentionEnds,
  retentionOfComparison,
  ruleFor,
  statutoryRetention,
} from '../../src/records/retention.js';
import { parseStatutoryRecord, type StatutoryRecord } from '../../src/records/statutoryRecord.js';
import { record } from './transfer.js';

const periods: [from: string, period: Parameters<typeof plus>[1], to: string][] = [
  ['2019-04-02', { years: 20 }, '2039-04-02'],
  ['2024-02-29', { years: 20 }, '2044-02-29'],
  ['2024-02-29', { years: 2 }, '2026-02-28'],
  ['2026-03-15', { months: 3 }, '2026-06-15'],
  ['2025-11-30', { months: 3 }, '2026-02-28'],
  ['2027-11-30', { months: 3 }, '2028-02-29'],
  ['2026-12-31', { months: 2 }, '2027-02-28'],
  ['2026-01-01', { days: 180 }, '2026-06-30'],
  ['2024-12-31', { days: 1 }, '2025-01-01'],
];
for (const [from, period, to] of periods) {
  test(`${from} and ${JSON.stringify(period)} is ${to}`, () => assert.equal(plus(from, period), to));
}

const of = (document: Partial<StatutoryRecord['document']>): StatutoryRecord => {
  const { nationality, ...holder } = record().holder;
  return parseStatutoryRecord({ ...record(), holder, document: { ...record().document, ...document } });
};

test('each document type ends by its own rule, which says where it comes from', () => {
  const types: [Partial<StatutoryRecord['document']>, string][] = [
    [{ type: 'passport' }, '2039-04-02'],
    [{ type: 'travel-document-foreigner' }, '2039-04-02'],
    [{ type: 'travel-document-refugee' }, '2039-04-02'],
    [{ type: 'travel-document-stateless' }, '2039-04-02'],
    [{ type: 'eu-emergency-travel-document', role: 'assisting-state' }, '2019-09-29'],
    [{ type: 'eu-emergency-travel-document', role: 'state-of-nationality' }, '2021-04-02'],
  ];
  for (const [document, ends] of types) {
    assert.equal(retentionEnds(of(document)), ends);
    assert.match(ruleFor(of(document)).basis, /Belgian law|Directive/);
  }
});

test('a comparison outlives its probe', () => {
  assert.deepEqual(retentionOfComparison(new Date('2026-03-15T23:30:00Z')), {
    comparison: '2046-03-15',
    probe: '2026-06-15',
  });
});

test('every kind of data has a rule that says where its period comes from', () => {
  const rules = namedRules();
  const names = rules.map(({ name }) => name);
  for (const name of [
    'comparison',
    'probe',
    'review',
    'reason',
    'inquiry',
    'search',
    'audit',
    'staff',
    'ledger',
  ]) {
    assert.ok(names.includes(name), name);
  }
  assert.equal(rules.length, 15);
  for (const { rule } of rules) assert.match(rule.basis, /Belgian law of 10 February 2015|Directive \(EU\)/);
  assert.deepEqual(
    rules.slice(0, 6).map(({ rule }) => periodText(rule.period)),
    ['20 years', '20 years', '20 years', '20 years', '180 days', '2 years'],
  );
  assert.equal(periodText({ years: 1 }), '1 year');
});

test('what a rule is over for now began before its period', () => {
  const now = new Date('2036-02-29T12:00:00Z');
  assert.equal(overBefore(now, statutoryRetention.ledger), '2026-02-28');
  assert.equal(overBefore(now, statutoryRetention.probe), '2035-11-29');
});
