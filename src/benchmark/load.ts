import { FacematchError } from '../errors.js';
import { Connection } from './connection.js';
import { seededApplication } from './seed.js';

export interface Target {
  readonly url: string;
  readonly token: string;
  /** Holders the store has. */
  readonly holders: number;
  readonly photos: readonly Buffer[];
  /** Number of the first application, where several clients must not ask about the same ones. */
  readonly first?: number;
}

export interface Load {
  /** One for each comparison, in the order they were answered; milliseconds. */
  readonly latencies: readonly number[];
  readonly elapsedMs: number;
}

/** When a load has had enough. */
export type Until = (answered: number, elapsedMs: number) => boolean;

export interface Client {
  /**
   * Compares with so many requests under way at any moment, each photo and holder in turn.
   *
   * @throws FacematchError `internal` for any answer but 201
   */
  run(concurrency: number, until: Until): Promise<Load>;
  /** One comparison; milliseconds from its first byte sent to the last byte received. */
  compare(): Promise<number>;
  /** Number of the next application, counted from the first; photos are taken in turn by it. */
  readonly sent: number;
  close(): void;
}

const boundary = 'facematch-benchmark';

/** As cheap as a client can be: connections kept, photos as prepared bytes, answers unread but for their status. */
export function createClient({ url, token, holders, photos, first = 0 }: Target): Client {
  const { hostname, port, host } = new URL(url);
  const connections = new Set<Connection>();
  const free: Connection[] = [];
  const take = (): Connection => {
    for (let one = free.pop(); one !== undefined; one = free.pop()) if (one.usable) return one;
    const one = new Connection(hostname, Number(port));
    connections.add(one);
    return one;
  };
  const close = (): void => {
    for (const one of connections) one.close();
    connections.clear();
    free.length = 0;
  };
  const tails = photos.map((photo) =>
    Buffer.concat([
      Buffer.from(
        `\r\n--${boundary}\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\nContent-Type: application/octet-stream\r\n\r\n`,
      ),
      photo,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  );
  let sent = first;

  const compare = async (): Promise<number> => {
    const n = sent++;
    const part = `--${boundary}\r\nContent-Disposition: form-data; name="application"\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(seededApplication(n % holders, n))}`;
    const tail = tails[n % tails.length] as Buffer;
    const head = Buffer.from(
      `POST /v1/comparisons HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nContent-Type: multipart/form-data; boundary=${boundary}\r\nContent-Length: ${Buffer.byteLength(part) + tail.length}\r\n\r\n${part}`,
    );
    const connection = take();
    const started = performance.now();
    const { status } = await connection.send(head, tail);
    const elapsed = performance.now() - started;
    free.push(connection);
    if (status !== 201) throw new FacematchError('internal', `A comparison was answered ${status}`);
    return elapsed;
  };

  return {
    compare,
    close,
    get sent() {
      return sent;
    },
    async run(concurrency, until) {
      const latencies: number[] = [];
      // What rested since the last run the service may close just as it is used again.
      close();
      const started = performance.now();
      const lane = async (): Promise<void> => {
        while (!until(latencies.length, performance.now() - started)) latencies.push(await compare());
      };
      await Promise.all(Array.from({ length: concurrency }, lane));
      return { latencies, elapsedMs: performance.now() - started };
    },
  };
}
