import { connect } from 'node:net';

export interface RawResponse {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

export interface Exchange {
  readonly responses: readonly RawResponse[];
  /** What is no whole response: text before, between or behind them. */
  readonly rest: string;
  /** Whether the other side closed by itself. */
  readonly closed: boolean;
}

/** Milliseconds without a byte after which what there is has to do: before the first one, and after it. */
const patienceMs = 2000;
const quietMs = 200;

/** Writes bytes as they are, in pieces, and reads until the other side closes or nothing more comes. */
export function exchange(port: number, pieces: readonly Buffer[], halfClose: boolean): Promise<Exchange> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const received: Buffer[] = [];
    let closed = false;
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ...responsesIn(Buffer.concat(received).toString('latin1')), closed });
    };
    let timer = setTimeout(done, patienceMs);
    socket.setNoDelay(true);
    socket.on('data', (data) => {
      received.push(data);
      clearTimeout(timer);
      timer = setTimeout(done, quietMs);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      closed = true;
      done();
    });
    void (async () => {
      for (const piece of pieces) {
        socket.write(piece);
        if (pieces.length > 1) await new Promise((next) => setImmediate(next));
      }
      if (halfClose) socket.end();
    })();
  });
}

/** Reads responses one behind the other, as a proxy would (RFC 9112). */
function responsesIn(text: string): Pick<Exchange, 'responses' | 'rest'> {
  const responses: RawResponse[] = [];
  let at = 0;
  for (;;) {
    const head = /^HTTP\/1\.1 (\d{3})[^\r\n]*\r\n(?:[!-9;-~]+:[^\r\n]*\r\n)*\r\n/.exec(text.slice(at));
    if (head === null) return { responses, rest: text.slice(at) };
    const status = Number(head[1]);
    const from = at + head[0].length;
    const length = bodyLength(text, from, head[0], status);
    if (length === undefined) return { responses, rest: text.slice(at) };
    responses.push({ status, head: head[0], body: text.slice(from, from + length) });
    at = from + length;
  }
}

/** Undefined where the body is cut off. */
function bodyLength(text: string, from: number, head: string, status: number): number | undefined {
  if (status === 204 || status === 304 || status < 200) return 0;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return from + Number(length) <= text.length ? Number(length) : undefined;
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return text.length - from;
  const end = text.indexOf('\r\n0\r\n\r\n', from - 2);
  return end < 0 ? undefined : end + 7 - from;
}
