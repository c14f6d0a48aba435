import { gzipSync } from 'node:zlib';
import type { Body } from './bodies.js';
import { strangers } from './callers.js';
import { headerSpoils, querySpoils, typeSpoils } from './headers.js';

/** A request while it is put together. */
export interface Mutable {
  method: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
  fault: string;
}

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

/** Makes one thing of the request wrong. `n` and `m` choose among the ways. */
export function tamper(draft: Mutable, what: string, n: number, m: number, broken: Body | undefined): void {
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
