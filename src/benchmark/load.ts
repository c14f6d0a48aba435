import { Agent, request } from 'node:http';
import { FacematchError } from '../errors.js';
import { seededApplication } from './seed.js';

export interface Target {
  readonly url: string;
  readonly token: string;
  /** Holders the store has. */
  readonly holders: number;
  readonly photos: readonly Buffer[];
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
  close(): void;
}

const boundary = 'facematch-benchmark';

/** As cheap as a client can be: connections kept, photos as prepared bytes, answers unread but for their status. */
export function createClient({ url, token, holders, photos }: Target): Client {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const tails = photos.map((photo) =>
    Buffer.concat([
      Buffer.from(
        `\r\n--${boundary}\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\nContent-Type: application/octet-stream\r\n\r\n`,
      ),
      photo,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  );
  let sent = 0;

  const compare = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const n = sent++;
      const head = Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="application"\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(seededApplication(n % holders, n))}`,
      );
      const tail = tails[n % tails.length] as Buffer;
      const started = performance.now();
      const call = request(
        {
          hostname,
          port,
          agent,
          method: 'POST',
          path: '/v1/comparisons',
          headers: {
            Authorization: `Bearer ${token}`,
            'Content-Type': `multipart/form-data; boundary=${boundary}`,
            'Content-Length': head.length + tail.length,
          },
        },
        (response) => {
          response.resume();
          response.once('error', reject);
          response.once('end', () => {
            if (response.statusCode === 201) resolve(performance.now() - started);
            else reject(new FacematchError('internal', `A comparison was answered ${response.statusCode}`));
          });
        },
      );
      call.once('error', reject);
      call.write(head);
      call.end(tail);
    });

  return {
    compare,
    close: () => agent.destroy(),
    async run(concurrency, until) {
      const latencies: number[] = [];
      // What rested since the last run the service may close just as it is used again.
      agent.destroy();
      const started = performance.now();
      const lane = async (): Promise<void> => {
        while (!until(latencies.length, performance.now() - started)) latencies.push(await compare());
      };
      await Promise.all(Array.from({ length: concurrency }, lane));
      return { latencies, elapsedMs: performance.now() - started };
    },
  };
}
