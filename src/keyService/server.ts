import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Logger } from 'pino';
import { FacematchError } from '../errors.js';
import { sameKey } from '../store/crypto/keys.js';
import { isLoopback, type KeyServiceAccess, tlsFiles } from '../store/keys/keyClient.js';
import type { Keys } from '../store/openKeys.js';
import { isKeyOperation, keyAnswerer, keyProblem } from './answers.js';

export interface KeyServiceOptions {
  readonly keys: Keys;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Whom it serves: who sends this token, who shows a certificate of this authority, or both where both are given. */
  readonly access: Omit<KeyServiceAccess, 'url'>;
  /** Told of every request: what was asked, by whom and how it ended; never a key. */
  readonly logger: Logger;
}

export interface RunningKeyService {
  readonly url: string;
  /** Lets requests at work finish. The keys stay open. */
  close(): Promise<void>;
}

const mostBytes = 16 * 1024 * 1024;
const requestTimeoutMs = 30_000;

/**
 * Serves a keyring and its ledger to those who may have them.
 *
 * @throws FacematchError `config-invalid` when anybody could ask, or keys would cross a network in clear.
 */
export async function startKeyService(options: KeyServiceOptions): Promise<RunningKeyService> {
  const { access, host, port } = options;
  const secure = access.certificate !== undefined && access.certificateKey !== undefined;
  requireSafe(access, host, secure);
  const limits = { requestTimeout: requestTimeoutMs, headersTimeout: 10_000, keepAliveTimeout: 60_000 };
  const listener = listenerOf(options);
  const server = secure
    ? createSecureServer(
        {
          ...limits,
          ...tlsFiles(access),
          minVersion: 'TLSv1.3',
          requestCert: access.ca !== undefined,
          rejectUnauthorized: access.ca !== undefined,
        },
        listener,
      )
    : createServer(limits, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${secure ? 'https' : 'http'}://${name}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function requireSafe(access: KeyServiceOptions['access'], host: string, secure: boolean): void {
  if (!secure && !isLoopback(host)) {
    throw new FacematchError(
      'config-invalid',
      'Keys cross no network in clear: FACEMATCH_KEYRING_CERT and FACEMATCH_KEYRING_CERT_KEY name the certificate of the key service.',
    );
  }
  if (access.token === undefined && !(secure && access.ca !== undefined)) {
    throw new FacematchError(
      'config-invalid',
      'The key service serves nobody unknown: FACEMATCH_KEYRING_TOKEN or FACEMATCH_KEYRING_CA says whom.',
    );
  }
}

function listenerOf({ keys, access, logger }: KeyServiceOptions) {
  const answer = keyAnswerer(keys);
  const handle = async (request: IncomingMessage): Promise<{ status: number; body: object }> => {
    if (!isKnown(request, access.token)) return problem(401, 'unauthenticated');
    const [, operation = ''] = /^\/v1\/([a-z-]+)$/.exec(request.url ?? '') ?? [];
    if (request.method !== 'POST' || !isKeyOperation(operation)) return problem(404, 'unknown-operation');
    try {
      return { status: 200, body: await answer(operation, await documentOf(request)) };
    } catch (error) {
      const { status, code } = keyProblem(error);
      if (code === 'internal') logger.error({ operation, error: String(error) }, 'failed');
      return problem(status, code);
    }
  };
  return (request: IncomingMessage, response: ServerResponse): void => {
    const started = performance.now();
    handle(request).then(
      ({ status, body }) => {
        send(response, status, body);
        const ms = Math.round(performance.now() - started);
        const level = request.url === '/v1/state' ? 'debug' : 'info';
        logger[level]({ url: request.url, by: whoIs(request), status, ms }, 'key service');
      },
      () => response.destroy(),
    );
  };
}

function isKnown(request: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return true;
  const given = request.headers.authorization ?? '';
  return sameKey(Buffer.from(given), Buffer.from(`Bearer ${token}`));
}

/** The name in the client's certificate, or its address. */
function whoIs(request: IncomingMessage): string {
  const { socket } = request;
  const shown = 'getPeerCertificate' in socket ? (socket as TLSSocket).getPeerCertificate() : undefined;
  return String(shown?.subject?.CN ?? socket.remoteAddress ?? 'unknown');
}

/** @throws FacematchError `input-invalid` */
async function documentOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > mostBytes) throw new FacematchError('input-invalid', 'The request is too long.');
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new FacematchError('input-invalid', 'The request is no JSON.');
  }
}

const problem = (status: number, code: string) => ({
  status,
  body: { type: 'about:blank', title: code, status, code },
});

function send(response: ServerResponse, status: number, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': status === 200 ? 'application/json' : 'application/problem+json',
    'content-length': bytes.length,
    'cache-control': 'no-store',
  });
  response.end(bytes);
}
