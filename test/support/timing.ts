import { randomInt } from 'node:crypto';
import { Agent, request } from 'node:http';

export interface Asked {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Until the answer began: how long it is says more than how long it took to come. */
  readonly ms: number;
}

/** One caller on one connection, so that neither the pool nor the name of the host is in the measured time. */
export function timedCaller(url: string, token: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    ask: (method: string, path: string, document?: object): Promise<Asked> =>
      new Promise((resolve, reject) => {
        const body = document === undefined ? '' : JSON.stringify(document);
        const headers = {
          authorization: `Bearer ${token}`,
          ...(document !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          }),
        };
        const started = performance.now();
        const sent = request(`${url}${path}`, { method, agent, headers }, (response) => {
          const ms = performance.now() - started;
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const { statusCode = 0, headers: answered } = response;
            resolve({ status: statusCode, body: Buffer.concat(chunks).toString(), headers: answered, ms });
          });
        });
        sent.on('error', reject);
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** Milliseconds of both, asked in turn, in an order that chance decides each time; the first tenth warms up. */
export async function inTurn(
  rounds: number,
  one: () => Promise<Asked>,
  other: () => Promise<Asked>,
): Promise<{ one: number[]; other: number[] }> {
  const times = { one: [] as number[], other: [] as number[] };
  const warm = Math.ceil(rounds / 10);
  for (let round = 0; round < rounds + warm; round++) {
    const order = randomInt(2) === 0 ? (['one', 'other'] as const) : (['other', 'one'] as const);
    for (const which of order) {
      const { ms } = await (which === 'one' ? one() : other());
      if (round >= warm) times[which].push(ms);
    }
  }
  return times;
}

/**
 * The chance that one of `slower` takes longer than one of `faster`: the statistic of Mann and Whitney over the number of
 * pairs. 0.5 where nobody can tell them apart; it is of ranks, so that a machine under load moves both alike and a few
 * very slow answers move nothing.
 */
export function chanceOfLonger(slower: readonly number[], faster: readonly number[]): number {
  let longer = 0;
  for (const one of slower) for (const other of faster) longer += one > other ? 1 : one === other ? 0.5 : 0;
  return longer / (slower.length * faster.length);
}

/** By how much {@link chanceOfLonger} strays from a half by chance alone, as a standard deviation. */
export const chanceAlone = (samples: number): number =>
  Math.sqrt((2 * samples + 1) / (12 * samples * samples));
