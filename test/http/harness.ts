import { connect } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { Registry } from 'prom-client';
import { systemClock } from '../../src/clock.js';
import type { ComparisonAnswer } from '../../src/comparison/answer.js';
import { type ErrorCode, FacematchError } from '../../src/errors.js';
import type { AuthOptions } from '../../src/http/auth.js';
import { createLogger } from '../../src/http/log.js';
import type { Route } from '../../src/http/route.js';
import { type RunningServer, type ServerOptions, startServer } from '../../src/http/server.js';
import type { ComparisonRequest, Services, TransferRequest } from '../../src/http/services.js';
import type { Caller } from '../../src/oversight/caller.js';

export const issuer = 'test-issuer';
export const audience = 'facematch';

/** A planted value: no answer and no log line may ever hold it. */
export const marker = 'SECRET4711marker';

export interface Keys {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function makeKeys(algorithm = 'ES256', extra: JWK = {} as JWK): Promise<Keys> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  return {
    privateKey: pair.privateKey,
    publicJwk: { ...(await exportJWK(pair.publicKey)), kid: 'k1', ...extra },
  };
}

type Claims = Record<string, unknown>;

/** A good token; a claim given as `undefined` is left out. */
export async function tokenOf(
  { privateKey }: Pick<Keys, 'privateKey'>,
  claims: Claims = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all: Claims = {
    iss: issuer,
    aud: audience,
    sub: 'system-1',
    client_id: 'desk-app',
    scope: 'documents:write comparisons:write comparisons:read metrics:read',
    iat: now,
    exp: now + 300,
    ...claims,
  };
  const present = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new SignJWT(present)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1', ...header })
    .sign(privateKey);
}

/** Use cases in memory that record what reached them: what is tested here is the protocol in front of them. */
export class RecordingServices implements Services {
  readonly transfers: TransferRequest[] = [];
  readonly comparisonRequests: ComparisonRequest[] = [];
  readonly refusals: { caller: Caller | undefined; action: string; code: ErrorCode }[] = [];
  /** Runs before a use case answers; may throw or wait. */
  before: (request?: TransferRequest | ComparisonRequest) => Promise<void> | void = () => {};
  auditFails = false;
  ready = true;

  readonly intake = {
    transfer: async (request: TransferRequest) => {
      this.transfers.push(request);
      await this.before(request);
      return {
        documentId: `d${this.transfers.length}`,
        created: this.transfers.length === 1,
        embedding: 'embedded' as const,
      };
    },
  };

  readonly searches = untouched<Services['searches']>();
  readonly mode = untouched<Services['mode']>();
  readonly holds = untouched<Services['holds']>();
  readonly audit = untouched<Services['audit']>();
  readonly statuses = untouched<Services['statuses']>();
  readonly lookups = untouched<Services['lookups']>();
  readonly rights = untouched<Services['rights']>();
  readonly afterComparison = untouched<Services['afterComparison']>();
  readonly inquiries = untouched<Services['inquiries']>();
  readonly photos = untouched<Services['photos']>();
  readonly me = () => Promise.reject(new Error('not part of these tests'));
  readonly calibration = () => Promise.reject(new Error('not part of these tests'));
  readonly reviews = untouched<Services['reviews']>();
  readonly queryComparisons = () => Promise.reject(new Error('not part of these tests'));
  readonly reports = untouched<Services['reports']>();
  readonly operations = untouched<Services['operations']>();
  readonly checkQuality = () => Promise.reject(new Error('not part of these tests'));
  readonly rectify = () => Promise.reject(new Error('not part of these tests'));

  readonly comparisons = {
    create: async (request: ComparisonRequest) => {
      this.comparisonRequests.push(request);
      await this.before(request);
      return { answer: answerOf(`c${this.comparisonRequests.length}`), created: true };
    },
    get: async (id: string) => {
      await this.before();
      if (id !== 'c1') throw new FacematchError('not-found', `There is no comparison ${id}.`);
      return answerOf(id);
    },
  };

  /** Throws where the pool would turn a photo of the party away. */
  promiseRoom: (party: string) => () => void = () => () => {};

  async readiness() {
    return { ready: this.ready, checks: { store: this.ready ? 'ok' : 'closed' } };
  }

  async refused(caller: Caller | undefined, action: string, code: ErrorCode) {
    if (this.auditFails) throw new Error(`disk full ${marker}`);
    this.refusals.push({ caller, action, code });
  }
}

/** Use cases that the tests of the protocol never reach; they have tests of their own. */
const untouched = <T extends object>(): T =>
  new Proxy({} as T, { get: () => () => Promise.reject(new Error('not part of these tests')) });

const answerOf = (comparisonId: string): ComparisonAnswer => ({
  comparisonId,
  applicationId: 'a1',
  outcome: 'consistent',
  mode: 'active',
  text: 'text',
  reasons: [],
  notices: [],
  quality: [],
  referencesAsOf: '2026-01-01',
  comparedAt: '2026-04-01T10:00:00.000Z',
});

export interface Harness {
  readonly server: RunningServer;
  readonly url: string;
  readonly port: number;
  readonly services: RecordingServices;
  readonly keys: Keys;
  readonly token: string;
  /** Parsed log lines. */
  readonly log: () => Record<string, unknown>[];
  readonly rawLog: () => string;
}

export async function startHarness(
  options: Partial<Pick<ServerOptions, 'limits' | 'extraRoutes'>> & {
    auth?: Partial<AuthOptions>;
    routes?: Route[];
  } = {},
): Promise<Harness> {
  const keys = await makeKeys();
  const services = new RecordingServices();
  let lines = '';
  const server = await startServer({
    services,
    auth: { issuer, audience, keys: { jwks: [keys.publicJwk] }, clock: systemClock, ...options.auth },
    host: '127.0.0.1',
    port: 0,
    logger: createLogger('info', {
      write: (line) => {
        lines += line;
      },
    }),
    metrics: new Registry(),
    version: '0.0.0-test',
    ...(options.limits && { limits: options.limits }),
    ...(options.extraRoutes && { extraRoutes: options.extraRoutes }),
  });
  return {
    server,
    url: server.url,
    port: Number(new URL(server.url).port),
    services,
    keys,
    token: await tokenOf(keys),
    rawLog: () => lines,
    log: () =>
      lines
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

export const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });

export interface RawAnswer {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends bytes as they are and reads until the other side closes; `end` half-closes after the last chunk. */
export function sendRaw(port: number, chunks: readonly (string | Buffer)[], end = false): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const received: Buffer[] = [];
    for (const chunk of chunks) socket.write(chunk);
    if (end) socket.end();
    socket.on('data', (data) => received.push(data));
    socket.on('error', () => {});
    socket.on('close', () => {
      const text = Buffer.concat(received).toString('latin1');
      const [head = '', body = ''] = text.split(/\r\n\r\n([\s\S]*)/);
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), head, body });
    });
  });
}

export interface PartSpec {
  readonly name: string;
  readonly content: string | Buffer;
  readonly filename?: string;
  readonly type?: string;
}

export const boundary = 'XtestX';

/** A multipart body written out by hand, so that it can be broken by hand. */
export function formBytes(parts: readonly PartSpec[]): Buffer {
  const pieces: Buffer[] = [];
  for (const { name, content, filename, type } of parts) {
    const file = filename === undefined ? '' : `; filename="${filename}"`;
    const declared = type === undefined ? '' : `Content-Type: ${type}\r\n`;
    pieces.push(
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${declared}\r\n`,
      ),
      Buffer.from(content),
      Buffer.from('\r\n'),
    );
  }
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

export const formType = `multipart/form-data; boundary=${boundary}`;

export const photoPart = {
  name: 'photo',
  content: Buffer.from([0xff, 0xd8, 0xff, 1, 2, 3]),
  filename: 'p.jpg',
  type: 'image/jpeg',
};
export const applicationPart = { name: 'application', content: '{"applicationId":"a1"}' };

/** Posts a form to the comparisons route of a harness. */
export function postForm(
  harness: Pick<Harness, 'url' | 'token'>,
  body: Buffer,
  headers: Record<string, string> = {},
  path = '/v1/comparisons',
): Promise<Response> {
  return fetch(harness.url + path, {
    method: 'POST',
    headers: { ...bearer(harness.token), 'Content-Type': formType, ...headers },
    body: new Uint8Array(body),
  });
}

export async function problemOf(
  response: Response,
): Promise<{ slug: string; text: string; body: Record<string, unknown> }> {
  const text = await response.text();
  const body = JSON.parse(text) as Record<string, unknown>;
  return { slug: String(body['type']).replace('/problems/', ''), text, body };
}
