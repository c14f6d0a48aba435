import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { FacematchError } from '../../errors.js';
import {
  type KeyAnswer,
  type KeyOperation,
  type KeyRequest,
  keyFailure,
  keyOperations,
  problemSchema,
} from './keyProtocol.js';

/** How a service of keys is reached, and who says so. */
export interface KeyServiceAccess {
  /** `https://…`, or `http://…` on this machine. */
  readonly url: string;
  /** Sent as a bearer token. */
  readonly token?: string | undefined;
  /** Files in PEM: whose certificates are believed, and what this side shows. */
  readonly ca?: string | undefined;
  readonly certificate?: string | undefined;
  readonly certificateKey?: string | undefined;
}

const retries = 3;
const mostConnections = 16;
const mostBytes = 16 * 1024 * 1024;

/** Asks a service of keys: waits a while for each answer, and asks again where the network or the service was away. */
export class KeyClient {
  readonly #access: KeyServiceAccess;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #secure: boolean;
  #closed = false;

  /** @throws FacematchError `config-invalid` for an address that would send keys in clear, or files that cannot be read. */
  constructor(access: KeyServiceAccess) {
    this.#access = access;
    const { protocol, hostname } = new URL(access.url);
    this.#secure = protocol === 'https:';
    if (!this.#secure && !isLoopback(hostname)) {
      throw new FacematchError('config-invalid', 'A key service on another machine is reached by https.');
    }
    const options = { keepAlive: true, maxSockets: mostConnections };
    this.#agent = this.#secure
      ? new HttpsAgent({ ...options, ...tlsFiles(access), minVersion: 'TLSv1.3' })
      : new HttpAgent(options);
  }

  /**
   * @throws FacematchError what the service answered, and `store-unavailable` when it cannot be reached, does not answer
   * in time, does not believe this client or says something else.
   */
  async ask<O extends KeyOperation>(operation: O, request: KeyRequest<O>): Promise<KeyAnswer<O>> {
    const body = Buffer.from(JSON.stringify(request));
    for (let tries = 0; ; tries++) {
      if (this.#closed) throw unavailable('closed');
      try {
        return await this.#once(operation, body);
      } catch (error) {
        const again = error instanceof Passing && tries < retries;
        if (!again) throw error instanceof Passing ? unavailable(error.message) : error;
        await sleep(50 * 2 ** tries * (0.5 + Math.random()));
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#agent.destroy();
  }

  async #once<O extends KeyOperation>(operation: O, body: Buffer): Promise<KeyAnswer<O>> {
    const { answer, timeoutMs } = keyOperations[operation];
    const { status, text } = await this.#send(operation, body, timeoutMs);
    const json = parsed(text);
    if (status === 200) {
      const read = answer.safeParse(json);
      if (!read.success) throw unavailable('answer');
      return read.data as KeyAnswer<O>;
    }
    const problem = problemSchema.safeParse(json);
    if (problem.success && problem.data.code !== 'store-unavailable') throw keyFailure(problem.data.code);
    if (status >= 500) throw new Passing(String(status));
    throw unavailable(String(status));
  }

  #send(operation: string, body: Buffer, timeoutMs: number): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const failed = (error: unknown) => {
        const code = codeOf(error);
        // Whoever did not answer in time is not asked to do more.
        reject(code === 'ABORT_ERR' ? unavailable('timeout') : new Passing(code));
      };
      const { url, token } = this.#access;
      const send = this.#secure ? httpsRequest : httpRequest;
      const sent = send(new URL(`v1/${operation}`, url.endsWith('/') ? url : `${url}/`), {
        method: 'POST',
        agent: this.#agent,
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      });
      sent.on('error', failed);
      sent.on('response', (response) => {
        collect(response).then(
          (text) => resolve({ status: response.statusCode ?? 0, text }),
          (error: unknown) => failed(error),
        );
      });
      sent.end(body);
    });
  }
}

/** Something that may be over when the service is asked again. */
class Passing extends Error {}

async function collect(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size > mostBytes) throw new Error('too long');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name);
}

const unavailable = (why: string) =>
  new FacematchError('store-unavailable', 'The key service cannot be used right now.', { keyService: why });

export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(hostname);
}

/** @throws FacematchError `config-invalid` */
export function tlsFiles({
  ca,
  certificate,
  certificateKey,
}: Pick<KeyServiceAccess, 'ca' | 'certificate' | 'certificateKey'>) {
  const read = (path: string) => {
    try {
      return readFileSync(path);
    } catch (cause) {
      const message = 'A file for TLS with the key service cannot be read.';
      throw new FacematchError('config-invalid', message, { file: path }, { cause });
    }
  };
  return {
    ...(ca === undefined ? {} : { ca: read(ca) }),
    ...(certificate === undefined ? {} : { cert: read(certificate) }),
    ...(certificateKey === undefined ? {} : { key: read(certificateKey) }),
  };
}
