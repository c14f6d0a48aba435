import type { Random } from '../random.js';

export interface RawCase {
  readonly kind: string;
  readonly bytes: Buffer;
  /** Responses at most, those that only announce another one not counted. */
  readonly most: number;
  /** A request hidden in what a strict reader takes for a body or an error: it must not be answered. */
  readonly hidden: boolean;
}

/** Its answer is unlike any other here: that of a type of problem nothing else asks for. */
export const hiddenRequest = 'GET /problems/weights-mismatch HTTP/1.1\r\nHost: x\r\n\r\n';
export const hiddenSign = '/problems/weights-mismatch';

type Make = (
  random: Random,
  token: string,
) => { head?: string[]; line?: string; body?: string; most?: number; hidden?: boolean };

const post = 'POST /v1/checkdoc/lookup HTTP/1.1';
const get = 'GET /health/live HTTP/1.1';
const json = '{"documentNumber":"EP1"}';
const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

/** Lengths and chunks that readers disagree about (RFC 9112 sections 6.3, 7.1 and 11.2), and the rest of the syntax. */
const kinds: Readonly<Record<string, Make>> = {
  'length and chunks': () => ({
    head: ['Content-Length: 5', 'Transfer-Encoding: chunked'],
    body: `0\r\n\r\n${hiddenRequest}`,
    most: 1,
    hidden: true,
  }),
  'chunks and length': (random) => ({
    head: ['Transfer-Encoding: chunked', `Content-Length: ${random.interesting(16)}`],
    body: chunked(json) + hiddenRequest,
    most: 1,
    hidden: true,
  }),
  'two lengths': (random) => ({
    head: ['Content-Length: 0', `Content-Length: ${random.between(1, 60)}`],
    body: hiddenRequest,
    most: 1,
    hidden: true,
  }),
  'list of lengths': () => ({
    head: ['Content-Length: 24, 24'],
    body: json + hiddenRequest,
    most: 1,
    hidden: true,
  }),
  'odd length': (random) => ({
    head: [
      `Content-Length: ${random.pick(['-1', '+24', '0x18', '24 24', '1e1', '2 4', '99999999999999999999', '24\0', '\u0661', '24;x'])}`,
    ],
    body: json + hiddenRequest,
    most: 1,
    hidden: true,
  }),
  'odd encoding': (random) => ({
    head: [
      `Transfer-Encoding: ${random.pick(['xchunked', 'chunked, identity', 'identity', 'chunked, chunked', 'gzip, chunked', '\x0bchunked', 'chunked;q=1', 'cow', '"chunked"'])}`,
    ],
    body: chunked(json) + hiddenRequest,
    most: 2,
  }),
  'encoding and length, spelt oddly': (random) => ({
    head: [
      random.pick([
        'Transfer-Encoding : chunked',
        ' Transfer-Encoding: chunked',
        'Transfer-Encoding:\x0bchunked',
        'Transfer_Encoding: chunked',
        'X: y\nTransfer-Encoding: chunked',
        'Transfer-Encoding\0: chunked',
      ]),
      'Content-Length: 24',
    ],
    body: json,
    most: 2,
  }),
  'odd chunk size': (random) => ({
    head: ['Transfer-Encoding: chunked'],
    body: `${random.pick(['0x18', '+18', '-1', '18 ', ' 18', 'zz', '', 'ffffffffffffffffff', '18;ext="\n"', '18\n', '018', '1 8'])}\r\n${json}\r\n0\r\n\r\n${hiddenRequest}`,
    most: 2,
  }),
  'odd end of a chunk': (random) => ({
    head: ['Transfer-Encoding: chunked'],
    body: `18\r\n${json}${random.pick(['', '\n', '\r', 'XX', '\r\r\n'])}0\r\n\r\n${hiddenRequest}`,
    most: 1,
    hidden: true,
  }),
  'long chunk extension': (random) => ({
    head: ['Transfer-Encoding: chunked'],
    body: `18;${'x'.repeat(random.pick([10, 20_000, 60_000]))}\r\n${json}\r\n0\r\n\r\n`,
    most: 1,
  }),
  trailers: (random) => ({
    head: ['Transfer-Encoding: chunked'],
    body: `18\r\n${json}\r\n0\r\n${random.pick(['Content-Length: 5', 'Transfer-Encoding: chunked', 'X: y', `X: ${'y'.repeat(20_000)}`, 'bad trailer'])}\r\n\r\n`,
    most: 1,
  }),
  'broken off': (random) => ({
    head: ['Content-Length: 5000'],
    body: json.repeat(random.between(1, 20)),
    most: 1,
  }),
  'odd line end': (random) => ({
    line: `${get}${random.pick(['\n', '\r', '\r\r\n', '\0\r\n'])}Host: x`,
    most: 1,
  }),
  'odd version': (random) => ({
    line: `GET /health/live ${random.pick(['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.2', 'HTTP/11', 'HTTP/1.1 x', 'http/1.1', ''])}`,
    most: 1,
  }),
  'odd method': (random) => ({
    line: `${random.pick(['CONNECT', 'TRACE', 'PRI', 'get', 'GE\0T', 'PURGE', 'M-SEARCH', 'QUERY', 'SOURCE', 'x'.repeat(9000)])} ${random.pick(['/health/live', '*', 'x:80'])} HTTP/1.1`,
    most: 1,
  }),
  'odd target': (random) => ({
    line: `GET ${random.pick(['*', '//', '/\0', '/%', 'http://x/health/live', 'http://[/', '/health/live#a', '/ /', '/\x80\xff', `/${'a'.repeat(20_000)}`, '/..;/health/live', '/health//live', '\\health\\live', '/health/live?\r\nX: y', 'health/live', '/%2e%2e/%2e%2e/etc/passwd', '/v1/documents/%00'])} HTTP/1.1`,
    most: 1,
  }),
  'odd header': (random) => ({
    line: get,
    head: [
      random.pick([
        'no colon',
        ': no name',
        'a b: c',
        'X: a\0b',
        'X: a\rb',
        'X:\r\n folded',
        'X\u00e9: y',
        '(x): y',
        'Host: y',
        'Host: a b',
        'Connection: close, close',
        'Connection: Host',
        'Upgrade: websocket',
        'Upgrade: h2c',
        'Expect: 100-continue',
        'Expect: x',
        'HTTP2-Settings: AAMAAABkAAQAAP__',
      ]),
    ],
    most: 2,
  }),
  'many or long headers': (random) => ({
    line: get,
    head: random.pick([
      [`X: ${'y'.repeat(20_000)}`],
      Array.from({ length: 3000 }, (_, i) => `X${i}: y`),
      [`${'X'.repeat(20_000)}: y`],
      Array.from({ length: 1500 }, () => 'Cookie: a=b'),
    ]),
    most: 1,
  }),
  upgrade: (random) => ({
    line: get,
    head: [
      `Upgrade: ${random.pick(['websocket', 'h2c', 'TLS/1.0', 'x'])}`,
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
    ],
    body: hiddenRequest,
    most: 2,
  }),
  'body with GET': (random) => ({
    line: get,
    head: random.pick([[`Content-Length: ${hiddenRequest.length}`], ['Transfer-Encoding: chunked']]),
    body: hiddenRequest,
    most: 1,
    hidden: true,
  }),
  'early refusal with a body': (random) => ({
    line: random.pick([
      'POST /v1/nowhere HTTP/1.1',
      'POST /health/live HTTP/1.1',
      'PUT /v1/documents HTTP/1.1',
    ]),
    head: [`Content-Length: ${hiddenRequest.length}`, 'Content-Type: application/json'],
    body: hiddenRequest,
    most: 1,
    hidden: true,
  }),
  'one behind the other': (random) => {
    const count = random.between(2, 40);
    return { line: get, body: `${get}\r\nHost: x\r\n\r\n`.repeat(count - 1), most: count };
  },
};

/** Not HTTP at all. */
const noise: Readonly<Record<string, (random: Random) => Buffer>> = {
  'random bytes': (random) => random.bytes(random.between(1, 400)),
  'TLS hello': () => Buffer.from('1603010200010001fc0303', 'hex'),
  'HTTP/2 preface': () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'),
  'empty lines': (random) => Buffer.from('\r\n'.repeat(random.between(1, 5000))),
  'PROXY line': () => Buffer.from(`PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n${get}\r\nHost: x\r\n\r\n`),
  'response instead of a request': () => Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
};

export function nextRawCase(random: Random, authorization: string): RawCase {
  if (random.chance(0.1)) {
    const [kind, make] = random.pick(Object.entries(noise));
    return { kind, bytes: make(random), most: 2, hidden: true };
  }
  const [kind, make] = random.pick(Object.entries(kinds));
  const { line = post, head = [], body = '', most = 1, hidden = false } = make(random, authorization);
  const lines = [
    line,
    'Host: x',
    ...(line === post ? [`Authorization: ${authorization}`, 'Content-Type: application/json'] : []),
    ...head,
  ];
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
  if (random.chance(0.8)) return { kind, bytes, most, hidden };
  // Of a damaged request only counts that it does no harm.
  const at = random.below(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  return { kind: `${kind}, a bit flipped`, bytes, most: 50, hidden: false };
}
