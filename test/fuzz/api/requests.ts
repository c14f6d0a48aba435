import { gzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import { boundary, formBytes, formType, type PartSpec } from '../../http/harness.js';
import type { Wire } from '../client.js';
import type { Operation } from '../description.js';
import { resolved, type Schema } from '../jsonSchema.js';
import type { Bank } from './bank.js';
import { type CallerIn, strangers } from './callers.js';
import { formSpoils } from './form.js';
import { headerSpoils, querySpoils, typeSpoils } from './headers.js';
import { type Spoil, spoilKinds, spoilt } from './spoil.js';
import { planted, Values } from './values.js';

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

interface Body {
  readonly bytes: Buffer;
  readonly type: string;
  readonly fault: string;
}

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
      spoil(draft, what, n, m, body?.broken);
      return finished(draft);
    });
}

interface Mutable {
  method: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
  fault: string;
}

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

function spoil(draft: Mutable, what: string, n: number, m: number, broken: Body | undefined): void {
  draft.fault = what;
  switch (what) {
    case 'body':
      if (broken === undefined) return;
      draft.body = broken.bytes;
      draft.headers['Content-Type'] = broken.type;
      draft.fault = `body: ${broken.fault}`;
      return;
    case 'type': {
      const type = pick(typeSpoils, n);
      if (type === undefined) delete draft.headers['Content-Type'];
      else draft.headers['Content-Type'] = type;
      return;
    }
    case 'header': {
      const [name, value] = pick(headerSpoils, n);
      draft.headers[name] = value;
      draft.fault = `header: ${name}`;
      return;
    }
    case 'query':
      draft.query = pick(querySpoils, n);
      return;
    case 'path':
      draft.path = draft.path.replace(/[^/]*$/, pick(pathSpoils, n));
      return;
    case 'token':
      if (n % 4 === 0) delete draft.headers['Authorization'];
      else draft.headers['Authorization'] = pick(strangers, m);
      return;
    case 'method':
      draft.method = pick(
        ['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'POST', 'GET', 'TRACE', 'PROPFIND'],
        n,
      );
      return;
    case 'encoding':
      encode(draft, n);
  }
}

const bomb = gzipSync(Buffer.alloc(12_000_000, ' '));

function encode(draft: Mutable, n: number): void {
  const plain = draft.body ?? Buffer.alloc(0);
  const variants: [string, Buffer][] = [
    ['gzip', gzipSync(plain)],
    ['x-gzip', gzipSync(plain)],
    ['gzip', plain],
    ['gzip', gzipSync(plain).subarray(0, 20)],
    ['gzip', bomb],
    ['br', plain],
    ['gzip, gzip', gzipSync(gzipSync(plain))],
    ['zq32Plant', plain],
    ['identity', plain],
  ];
  const [encoding, bytes] = pick(variants, n);
  draft.headers['Content-Encoding'] = encoding;
  draft.body = bytes;
}

const pathSpoils = [
  '',
  '%',
  '%zz',
  '%00',
  '%2e%2e',
  '..%2f..%2fetc%2fpasswd',
  '..',
  'zq33Plant',
  'x'.repeat(3000),
  '%F0%9F%98%80',
  '%ff%fe',
  'a/b/c',
  '?',
  ';a=b',
  '__proto__',
  'constructor',
  '*',
  '%0d%0aX-Injected:%20zq34Plant',
  '-1',
  '0',
  '99999999999999999999',
  'NaN',
];

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
  const fields = Object.fromEntries(inQuery.map(({ name, schema }) => [name, values.of(schema, name)]));
  const requiredKeys = inQuery.filter(({ required }) => required).map(({ name }) => name);
  return fc.record(fields, { requiredKeys, noNullPrototype: true }).map((query) => {
    const pairs = Object.entries(query).map(([name, value]) => [name, String(value)] as [string, string]);
    return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
  });
}

/** The body as it should be, and the same with one fault. */
function bodyOf(
  operation: Operation,
  values: Values,
  { examples, photos, root }: Ingredients,
): Arbitrary<{ whole: Body; broken: Body } | undefined> {
  const json = operation.body['application/json'];
  const form = operation.body['multipart/form-data'];
  const example = examples[operation.id];
  const documentOf = (schema: Schema): Arbitrary<unknown> => {
    const made = values.of(schema);
    return example === undefined
      ? made
      : fc.oneof(made, { weight: 2, arbitrary: fc.nat().map(() => example()) });
  };
  const choices: Arbitrary<{ whole: Body; broken: Body }>[] = [];
  const anySpoil = fc.record({ kind: fc.constantFrom(...spoilKinds), at: fc.nat(), variant: fc.nat() });
  if (json !== undefined) {
    const type = 'application/json';
    choices.push(
      fc.tuple(documentOf(json), anySpoil).map(([document, fault]) => ({
        whole: { bytes: Buffer.from(JSON.stringify(document)), type, fault: 'none' },
        broken: { bytes: spoilt(document, fault), type, fault: fault.kind },
      })),
    );
  }
  if (form !== undefined) {
    const photo = fc.constantFrom(...photos);
    const parts = Object.entries((form['properties'] ?? {}) as Record<string, Schema>);
    const isBatch = parts.some(([, schema]) => schema['type'] === 'array');
    const required = (form['required'] ?? []) as string[];
    const drawn = parts.map(([name, schema]) => {
      const one = isBatch ? ((schema['items'] ?? {}) as Schema) : schema;
      const isImage = one['contentMediaType'] !== undefined;
      const document = isImage
        ? fc.constant(undefined)
        : documentOf(one['$ref'] ? resolved(String(one['$ref']), root) : one);
      const left = required.includes(name) ? fc.constant(false) : fc.boolean();
      return fc.record({
        name: fc.constant(name),
        document,
        photo: isImage ? photo : fc.constant(undefined),
        left,
      });
    });
    const item = fc.tuple(...drawn);
    const items = fc.array(item, { minLength: 1, maxLength: isBatch ? 4 : 1 });
    const formSpoil = fc.constantFrom(...Object.keys(formSpoils));
    choices.push(
      fc
        .tuple(items, anySpoil, formSpoil, fc.boolean(), fc.nat())
        .map(([all, fault, framing, inFraming, at]) => {
          const present = all.flat().filter(({ left }) => !left);
          const whole = formBytes(present.map((part) => partOf(part, undefined)));
          const broken = inFraming
            ? { bytes: formSpoils[framing]!(whole, at), fault: `form: ${framing}` }
            : { bytes: formBytes(present.map((part) => partOf(part, fault))), fault: fault.kind };
          return {
            whole: { bytes: whole, type: formType, fault: 'none' },
            broken: { ...broken, type: formType },
          };
        }),
    );
  }
  return choices.length === 0 ? fc.constant(undefined) : fc.oneof(...choices);
}

interface DrawnPart {
  readonly name: string;
  readonly document: unknown;
  readonly photo: Buffer | undefined;
}

function partOf({ name, document, photo }: DrawnPart, fault: Spoil | undefined): PartSpec {
  if (photo !== undefined) return { name, content: photo, filename: `${boundary}.jpg` };
  const content = fault === undefined ? JSON.stringify(document) : spoilt(document, fault);
  return { name, content, type: 'application/json' };
}
