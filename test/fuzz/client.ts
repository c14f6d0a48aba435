import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Wire {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Long enough for a machine that does much else; a request without an answer by then hangs. */
const patienceMs = 60_000;

/** Sends what other clients refuse to send. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });

  constructor(readonly url: string) {}

  /** The answer, or in a word why there is none. A connection that a refusal closed is tried again, once. */
  async send(wire: Wire): Promise<Answer | string> {
    const answer = await this.#once(wire);
    return typeof answer === 'string' ? this.#once(wire) : answer;
  }

  close(): void {
    this.#agent.destroy();
  }

  #once({ method, path, headers, body }: Wire): Promise<Answer | string> {
    return new Promise((resolve) => {
      const sent = request(
        this.url,
        { method, path, headers: { ...headers, ...lengthOf(headers, body) }, agent: this.#agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', () => resolve('the answer broke off'));
          response.on('end', () => {
            clearTimeout(timer);
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      const timer = setTimeout(() => {
        resolve('no answer in time');
        sent.destroy();
      }, patienceMs);
      sent.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        resolve(error.code ?? error.message);
      });
      sent.end(body);
    });
  }
}

const lengthOf = (headers: Wire['headers'], body: Buffer | undefined): Record<string, string> =>
  body === undefined || 'Transfer-Encoding' in headers ? {} : { 'Content-Length': String(body.length) };
