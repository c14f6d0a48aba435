import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** Lower case names. */
  readonly head: string;
  readonly body: string;
}

/**
 * One kept connection that carries one request at a time. Much cheaper than a full HTTP client, so that little of the
 * machine that service and senders share goes into sending. The service gives every answer its length.
 */
export class Connection {
  private readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  private waiting: ((answer: Answer | undefined) => void) | undefined;
  private ended = false;

  constructor(host: string, port: number) {
    this.socket = connect(port, host).setNoDelay(true);
    this.socket.on('data', (data) => this.receive(data));
    this.socket.on('error', () => {});
    this.socket.once('close', () => {
      this.ended = true;
      this.answer(undefined);
    });
  }

  get usable(): boolean {
    return !this.ended && this.waiting === undefined;
  }

  /** Undefined where the connection broke before the answer. */
  ask(request: readonly Uint8Array[]): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.socket.cork();
      for (const part of request) this.socket.write(part);
      this.socket.uncork();
      if (this.ended) this.answer(undefined);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(data: Buffer): void {
    this.received = this.received.length === 0 ? data : Buffer.concat([this.received, data]);
    const end = this.received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = this.received.toString('latin1', 0, end).toLowerCase();
    const length = Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
    if (this.received.length < end + 4 + length) return;
    const body = this.received.toString('utf8', end + 4, end + 4 + length);
    this.received = this.received.subarray(end + 4 + length);
    if (head.includes('\r\nconnection: close')) this.ended = true;
    this.answer({ status: Number(head.slice(9, 12)), head, body });
  }

  private answer(answer: Answer | undefined): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.(answer);
  }
}
