import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findHolder, holdersOf, lastTwo } from '../../src/comparison/references.js';
import type { DocumentRow } from '../../src/store/store.js';

let photos = 0;
const row = (
  id: string,
  holderId: string,
  issuedOn = '2010-01-01',
  change: Partial<DocumentRow> = {},
): DocumentRow =>
  ({
    id,
    holderId,
    type: 'passport',
    issuedOn,
    pixelsKey: Uint8Array.of(++photos),
    hasRegister: true,
    embeddingState: 'embedded',
    ...change,
  }) as DocumentRow;

test('the two newest issued before the application count, newest first', () => {
  const documents = [
    row('a', 'h', '2001-05-05'),
    row('b', 'h', '2021-05-05'),
    row('c', 'h', '2011-05-05'),
    row('d', 'h', '2026-01-01'),
  ];
  assert.deepEqual(
    lastTwo(documents, '2026-01-01').map((document) => document.id),
    ['b', 'c'],
  );
  assert.deepEqual(lastTwo([], '2026-01-01'), []);
});

test('a replacement with the same photo counts once, and the one before it is used', () => {
  const photo = Uint8Array.of(1, 2, 3);
  const documents = [
    row('a', 'h', '2001-05-05'),
    row('b', 'h', '2011-05-05', { pixelsKey: photo }),
    row('c', 'h', '2012-05-05', { pixelsKey: photo.slice() }),
  ];
  assert.deepEqual(
    lastTwo(documents, '2020-01-01').map((document) => document.id),
    ['c', 'a'],
  );
});

const cases: [
  name: string,
  found: Parameters<typeof findHolder>[0],
  given: boolean,
  identity: string,
  unknown: boolean,
  holders: string[],
][] = [
  [
    'register, names and claim agree',
    { byRegister: [row('1', 'h')], byIdentity: [row('1', 'h')], byNumber: [[row('1', 'h')]] },
    true,
    'consistent',
    false,
    ['h'],
  ],
  [
    'a namesake is no conflict when the number decides',
    { byRegister: [row('1', 'h')], byIdentity: [row('1', 'h'), row('2', 'other')], byNumber: [] },
    true,
    'consistent',
    false,
    ['h'],
  ],
  [
    'register number and names lead to two holders',
    { byRegister: [row('1', 'h')], byIdentity: [row('2', 'other')], byNumber: [] },
    true,
    'conflict',
    false,
    ['h', 'other'],
  ],
  [
    'register number and claim lead to two holders',
    { byRegister: [row('1', 'h')], byIdentity: [], byNumber: [[row('2', 'other')]] },
    true,
    'conflict',
    false,
    ['h', 'other'],
  ],
  [
    'two claims lead to two holders',
    { byRegister: [], byIdentity: [], byNumber: [[row('1', 'h')], [row('2', 'other')]] },
    false,
    'conflict',
    false,
    ['h', 'other'],
  ],
  [
    'a false number while the names are known',
    { byRegister: [], byIdentity: [row('1', 'h')], byNumber: [] },
    true,
    'conflict',
    false,
    ['h'],
  ],
  [
    'a false number while the claim is known',
    { byRegister: [], byIdentity: [], byNumber: [[row('1', 'h')]] },
    true,
    'conflict',
    false,
    ['h'],
  ],
  [
    'a holder recorded without a number',
    { byRegister: [], byIdentity: [row('1', 'h', '2010-01-01', { hasRegister: false })], byNumber: [] },
    true,
    'consistent',
    false,
    ['h'],
  ],
  [
    'no number given, names known',
    { byRegister: [], byIdentity: [row('1', 'h')], byNumber: [] },
    false,
    'consistent',
    false,
    ['h'],
  ],
  [
    'no number given, two namesakes',
    { byRegister: [], byIdentity: [row('1', 'h'), row('2', 'other')], byNumber: [] },
    false,
    'conflict',
    false,
    ['h', 'other'],
  ],
  ['nobody known', { byRegister: [], byIdentity: [], byNumber: [] }, true, 'consistent', false, []],
  [
    'a claimed document that is not in the store',
    { byRegister: [row('1', 'h')], byIdentity: [row('1', 'h')], byNumber: [[]] },
    true,
    'consistent',
    true,
    ['h'],
  ],
  [
    'two types share the claimed number: the register number tells which',
    { byRegister: [row('1', 'h')], byIdentity: [], byNumber: [[row('2', 'other'), row('1', 'h')]] },
    true,
    'consistent',
    false,
    ['h'],
  ],
  [
    'two types share the claimed number: the names tell which',
    { byRegister: [], byIdentity: [row('1', 'h')], byNumber: [[row('2', 'other'), row('1', 'h')]] },
    false,
    'consistent',
    false,
    ['h'],
  ],
  [
    'two types share the claimed number: another claim tells which',
    { byRegister: [], byIdentity: [], byNumber: [[row('2', 'other'), row('1', 'h')], [row('3', 'h')]] },
    false,
    'consistent',
    false,
    ['h'],
  ],
  [
    'two types share the claimed number and nothing tells which',
    { byRegister: [], byIdentity: [], byNumber: [[row('2', 'other'), row('1', 'h')]] },
    false,
    'conflict',
    false,
    ['other', 'h'],
  ],
  [
    'two types share the claimed number, register number and names disagree',
    {
      byRegister: [row('1', 'h')],
      byIdentity: [row('2', 'other')],
      byNumber: [[row('2', 'other'), row('1', 'h')]],
    },
    true,
    'conflict',
    false,
    ['h', 'other'],
  ],
];
for (const [name, found, given, identity, claimedDocumentUnknown, holders] of cases) {
  test(name, () => {
    const rows = [...found.byRegister, ...found.byIdentity, ...found.byNumber.flat()];
    const registered = holdersOf(rows.filter(({ hasRegister }) => hasRegister));
    const byNamesAlone =
      found.byIdentity.length > 0 && [...found.byRegister, ...found.byNumber.flat()].length === 0;
    const expected = { identity, claimedDocumentUnknown, byNamesAlone, holders };
    assert.deepEqual(findHolder(found, given, registered), expected);
  });
}

test('a false number is a conflict when any document of the holder has one, not only the claimed', () => {
  const bare = row('1', 'h', '2010-01-01', { hasRegister: false });
  const identityOf = (found: Parameters<typeof findHolder>[0], registered: string[]) =>
    findHolder(found, true, new Set(registered)).identity;
  const claim = { byRegister: [], byIdentity: [], byNumber: [[bare]] };
  assert.equal(identityOf(claim, ['h']), 'conflict');
  assert.equal(identityOf(claim, ['other']), 'consistent');
  const names = { byRegister: [], byIdentity: [bare], byNumber: [] };
  assert.equal(identityOf(names, ['h']), 'conflict');
  assert.equal(identityOf(names, []), 'consistent');
});
