import { connect, type Socket } from 'node:net';
import { FacematchError } from '../errors.js';

const headEnd = Buffer.from('\r\n\r\n');

export interface Answer {
  readonly status: number;
  /** Status line and headers, as they came. */
  readonly head: string;
  readonly body: Buffer;
}

/**
 * A kept connection that sends prepared bytes and reads of each answer its head and its length, one request at a
 * time: a general client takes as long to make a request as the service to take it in.
 */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  constructor(host: string, port: number) {
    this.#socket = connect(port, host);
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new FacematchError('internal', 'The connection was closed.')));
  }

  get usable(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** The answer to one whole request, once its last byte is here. */
  send(...request: readonly Uint8Array[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.cork();
      for (const bytes of request) this.#socket.write(bytes);
      this.#socket.uncork();
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf(headEnd);
    if (end === -1) return;
    const head = this.#received.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) {
      this.#fail(new FacematchError('internal', 'An answer of unknown length.'));
      this.close();
      return;
    }
    if (this.#received.length < end + headEnd.length + length) return;
    const body = this.#received.subarray(end + headEnd.length, end + headEnd.length + length);
    this.#received = Buffer.alloc(0);
    if (/\r\nconnection: *close/i.test(head)) this.close();
    const { resolve } = this.#waiting ?? {};
    this.#waiting = undefined;
    resolve?.({ status: Number(head.slice(9, 12)), head, body });
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}
