import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Wire } from './client.js';
import type { Description, Operation } from './description.js';
import { misfit } from './jsonSchema.js';
import { complaintsOf } from './oracle.js';

/** What judges the answers must itself object to each kind of bad answer. */

const problem = { $ref: '#/components/schemas/Problem' };
const root = {
  components: {
    schemas: {
      Problem: {
        type: 'object',
        properties: { type: { type: 'string' }, status: { type: 'integer' } },
        required: ['type', 'status'],
        additionalProperties: false,
      },
    },
  },
};
const operation: Operation = {
  id: 'things.read',
  method: 'GET',
  path: '/v1/things',
  parameters: [],
  body: {},
  scopes: [],
  responses: {
    200: {
      content: {
        'application/json': {
          schema: { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } },
        },
      },
    },
    404: {
      content: {
        'application/problem+json': {
          schema: { allOf: [problem, { properties: { type: { enum: ['/problems/not-found'] } } }] },
        },
      },
    },
    503: { content: { 'application/problem+json': { schema: problem } } },
  },
};
const description: Description = { root, operations: [operation] };
const wire: Wire = { method: 'GET', path: '/v1/things', headers: {} };
const headers = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-request-id': '00000000-0000-4000-8000-000000000000',
};
const answer = (status: number, body: object | string, more: Record<string, string> = {}): Answer => ({
  status,
  headers: { ...headers, ...(status >= 400 && { 'content-type': 'application/problem+json' }), ...more },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const refusal = (status: number, code: string, more: object = {}, other: Record<string, string> = {}) =>
  answer(status, { type: `/problems/${code}`, status, ...more }, other);
const judged = (one: Answer, planted: string[] = [], as: Wire = wire) =>
  complaintsOf(description, operation, as, one, planted);

test('good answers are let through', () => {
  assert.deepEqual(judged(answer(200, { a: 1 })), []);
  assert.deepEqual(judged(refusal(404, 'not-found'), ['marker']), []);
  assert.deepEqual(judged(refusal(503, 'busy', {}, { 'retry-after': '1' })), []);
});

const bad: readonly [what: string, one: Answer, complaint: RegExp, planted?: string[]][] = [
  ['an internal error', refusal(500, 'internal'), /answered 500/],
  [
    'a 503 that sheds nothing',
    refusal(503, 'reading-failed', {}, { 'retry-after': '1' }),
    /answered 503 reading-failed/,
  ],
  ['a 503 without Retry-After', refusal(503, 'busy'), /retry-after: none/],
  ['a status nobody documented', answer(201, { a: 1 }), /201 {2}is not documented/],
  ['a type nobody documented', answer(200, 'a', { 'content-type': 'text/csv' }), /200 as text\/csv/],
  ['a body that does not fit', answer(200, { a: 'x' }), /\/a type/],
  ['a body without a field', answer(200, {}), /\/a required/],
  ['no JSON', answer(200, '{'), /no JSON/],
  ['a problem of another operation', refusal(404, 'suspended'), /\/type enum/],
  ['a problem of no known type', refusal(404, 'nonsense'), /another kind/],
  [
    'an error that is no problem',
    answer(404, 'no', { 'content-type': 'text/html' }),
    /without a problem document/,
  ],
  ['what may be cached', answer(200, { a: 1 }, { 'cache-control': 'public' }), /cache-control: public/],
  ['what may be sniffed', answer(200, { a: 1 }, { 'x-content-type-options': '' }), /x-content-type-options/],
  ['no number', answer(200, { a: 1 }, { 'x-request-id': 'x' }), /x-request-id/],
  ['the name of the software', answer(200, { a: 1 }, { 'x-powered-by': 'x' }), /names its software/],
  ['an echo', refusal(404, 'not-found', { detail: 'no marker here' }), /repeats what was sent/, ['marker']],
  [
    'an echo in a header',
    answer(200, { a: 1 }, { location: '/marker' }),
    /repeats what was sent/,
    ['marker'],
  ],
  ['a stack', refusal(404, 'not-found', { detail: 'at f (x.js:1:2)' }), /leaks/],
  ['a path', refusal(404, 'not-found', { detail: '/tmp/x' }), /leaks/],
];
for (const [what, one, complaint, planted = []] of bad)
  test(`objected to: ${what}`, () => assert.match(judged(one, planted).join('\n'), complaint));

test('a value is held against every keyword of a schema', () => {
  const no = (schema: object, value: unknown) =>
    assert.ok(misfit(schema as never, value, root), JSON.stringify([schema, value]));
  const yes = (schema: object, value: unknown) =>
    assert.equal(misfit(schema as never, value, root), undefined);
  for (const [schema, fitting, ...others] of [
    [{ type: 'integer' }, 1, 1.5, '1', null],
    [{ type: 'null' }, null, 0],
    [{ type: ['string', 'null'] }, 'a', 1],
    [{ enum: ['a', 'b'] }, 'b', 'c'],
    [{ const: 3 }, 3, '3'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, null, 3],
    [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, 2, 0, 3],
    [{ pattern: '^a+$' }, 'aa', 'b'],
    [{ minLength: 2, maxLength: 3 }, '\u{1f9d1}\u{1f9d1}', 'a', 'aaaa'],
    [{ minimum: 0, maximum: 1 }, 0.5, -1, 2],
    [{ exclusiveMinimum: 0, exclusiveMaximum: 1 }, 0.5, 0, 1],
    [{ minItems: 1, maxItems: 2 }, [1], [], [1, 2, 3]],
    [{ items: { type: 'string' } }, ['a'], [1]],
    [{ prefixItems: [{ type: 'string' }], items: { type: 'integer' } }, ['a', 1], [1], ['a', 'b']],
    [{ required: ['a'] }, { a: 1 }, {}],
    [{ properties: { a: { type: 'string' } }, additionalProperties: false }, { a: 'x' }, { a: 1 }, { b: 1 }],
    [{ additionalProperties: { type: 'integer' } }, { a: 1 }, { a: 'x' }],
    [{ propertyNames: { enum: ['a'] } }, { a: 1 }, { b: 1 }],
  ] as [object, unknown, ...unknown[]][]) {
    yes(schema, fitting);
    for (const other of others) no(schema, other);
  }
  assert.throws(() => misfit({ dependentRequired: {} }, {}, root));
});
