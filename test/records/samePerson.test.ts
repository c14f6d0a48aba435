import assert from 'node:assert/strict';
import { test } from 'node:test';
import { samePerson } from '../../src/records/samePerson.js';

const amina = { birthDate: '1990-01-01', birthPlace: 'Al-Ḥasakah', sex: 'F', nationality: 'SYR' } as const;
const cases: [what: string, change: object, same: boolean][] = [
  ['alike', {}, true],
  ['the place in another spelling', { birthPlace: 'AL HASAKAH' }, true],
  ['born elsewhere', { birthPlace: 'Qamishli' }, false],
  ['born on another day', { birthDate: '1990-01-02' }, false],
  ['another sex', { sex: 'X' }, false],
  ['another nationality', { nationality: 'IRQ' }, false],
  ['a document that keeps no nationality', { nationality: undefined }, true],
];
for (const [what, change, same] of cases) {
  test(`one person by the record: ${what}`, () => {
    assert.equal(samePerson(amina, { ...amina, ...change }), same);
    assert.equal(samePerson({ ...amina, ...change }, amina), same);
  });
}

test('a year or month of birth fits too many to say that two are one', () => {
  for (const birthDate of ['1990', '1990-01']) {
    assert.equal(samePerson({ ...amina, birthDate }, { ...amina, birthDate }), false);
  }
});
