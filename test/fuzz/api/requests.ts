import fc, { type Arbitrary } from 'fast-check';
import type { Wire } from '../client.js';
import type { Operation } from '../description.js';
import type { Schema } from '../jsonSchema.js';
import type { Bank } from './bank.js';
import { bodyOf } from './bodies.js';
import type { CallerIn } from './callers.js';
import { type Mutable, tamper } from './tamper.js';
import { fieldsOf, planted, Values } from './values.js';

export interface Draft {
  readonly wire: Wire;
  /** What is wrong with it. */
  readonly fault: string;
  /** Words in it that no answer may repeat. */
  readonly planted: readonly string[];
}

export interface Ingredients {
  readonly root: Schema;
  readonly bank: Bank;
  readonly callers: readonly CallerIn[];
  readonly photos: readonly Buffer[];
  /** Documents that fit an operation beyond what its schema says. */
  readonly examples: Readonly<Record<string, () => unknown>>;
}

/** Under which names the answers give what stands in a path. */
const inPath: Readonly<Record<string, readonly string[]>> = {
  comparisons: ['comparisonId'],
  documents: ['documentId'],
  holders: ['holderId', 'holders'],
  reviews: ['reviewId'],
  searches: ['searchId'],
  holds: ['holdId'],
  mode: ['id'],
};
const ranks = ['1', '1', '2', '3', '0', '-1', '1e1', 'x'];
const namedInPath = [
  'probe',
  'newest',
  'older',
  '1',
  '2',
  'start.js',
  'swagger-ui.css',
  'photo-missing',
  'internal',
];

/** Requests for one operation: right ones, and ones with one thing wrong, made from its description. */
export function requestsFor(operation: Operation, ingredients: Ingredients): Arbitrary<Draft> {
  const { callers, bank, root } = ingredients;
  const values = new Values(bank, root);
  const fitting = callers.filter(
    ({ scopes }) =>
      operation.scopes === undefined ||
      operation.scopes.length === 0 ||
      operation.scopes.some((scope) => scopes.has(scope)),
  );
  const caller = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...fitting) },
    { weight: 1, arbitrary: fc.constantFrom(...callers) },
  );
  const spoiling = fc.record({
    what: fc.oneof(
      { weight: 4, arbitrary: fc.constant('nothing' as const) },
      { weight: 5, arbitrary: fc.constant('body' as const) },
      {
        weight: 4,
        arbitrary: fc.constantFrom('type', 'header', 'query', 'path', 'token', 'encoding', 'method'),
      },
    ),
    n: fc.nat(),
    m: fc.nat(),
  });
  return fc
    .record({
      caller,
      spoiling,
      path: pathOf(operation, values),
      query: queryOf(operation, values),
      inquiry: ourInquiry(values),
      language: fc.constantFrom('en', 'nl', 'fr-BE, de;q=0.5', '*', 'zq30Plant', ''),
      accept: fc.constantFrom(
        undefined,
        'application/json',
        'text/html',
        'text/csv',
        'image/png',
        'zq31Plant',
      ),
      key: fc.oneof(
        { weight: 5, arbitrary: fc.constant(undefined) },
        fc.constantFrom('key-1', 'key-2', 'key-3'),
      ),
      body: bodyOf(operation, values, ingredients),
    })
    .map(({ caller: who, spoiling: { what, n, m }, path, query, inquiry, language, accept, key, body }) => {
      const draft: Mutable = {
        method: operation.method,
        path,
        query,
        headers: {
          ...(operation.scopes !== undefined && { Authorization: who.authorization }),
          ...(who.needsInquiry && { Inquiry: inquiry }),
          'Accept-Language': language,
          ...(accept !== undefined && { Accept: accept }),
          ...(key !== undefined && { 'Idempotency-Key': key }),
        },
        body: body?.whole.bytes,
        fault: 'none',
      };
      if (body !== undefined) draft.headers['Content-Type'] = body.whole.type;
      tamper(draft, what, n, m, body?.broken);
      return finished(draft);
    });
}

function finished({ method, path, query, headers, body, fault }: Mutable): Draft {
  const wire: Wire = { method, path: path + query, headers, body };
  const sent = `${path}${query}\n${Object.values(headers).join('\n')}\n${body?.toString('latin1') ?? ''}`;
  return { wire, fault, planted: [...new Set(sent.match(planted) ?? [])] };
}

function pathOf({ path }: Operation, values: Values): Arbitrary<string> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const collection = /^\/v1\/(\w+)/.exec(path)?.[1] ?? '';
  const filling = names.map((name) =>
    name === 'id' && collection === 'inquiries'
      ? ourInquiry(values)
      : name === 'id' && inPath[collection] !== undefined
        ? values.seen(inPath[collection], 'nothing-seen')
        : fc.constantFrom(...(name === 'rank' ? ranks : namedInPath)),
  );
  return fc.tuple(...filling).map((found) => {
    let i = 0;
    return path.replace(/\{\w+\}/g, () => encodeURIComponent(found[i++] ?? ''));
  });
}

/** Mostly the one that everybody is a member of and that is open. */
const ourInquiry = (values: Values): Arbitrary<string> =>
  fc.oneof({ weight: 5, arbitrary: values.seen(['ours'], 'none') }, values.seen(['inquiryId'], 'none'));

function queryOf({ parameters }: Operation, values: Values): Arbitrary<string> {
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  if (inQuery.length === 0) return fc.constant('');
  const fields = inQuery.map(({ name, schema }) => [name, values.of(schema, name)] as const);
  const required = inQuery.filter((parameter) => parameter.required).map(({ name }) => name);
  return fieldsOf(fields, required).map((query) => {
    const pairs = Object.entries(query).map(([name, value]) => [name, String(value)] as [string, string]);
    return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
  });
}
