import { createClient, type Until } from '../../benchmark/load.js';
import { benchmarkPhotos } from '../../benchmark/photos.js';
import { officeToken, type Place } from '../../benchmark/servedProcess.js';
import { quantile, rounded } from '../../benchmark/statistics.js';

export interface Comparing {
  readonly comparisons: number;
  /** Not answered with a result: the service had no time, or the connection was gone. */
  readonly failed: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
}

/** Of the hour that a token lives. */
const tokenMinutes = 30;
/** Failures after which the service is not busy but gone. */
const mostInARow = 20;

export interface Applicants {
  /** Compares one after the other. @throws the last failure of many in a row */
  compare(until: Until): Promise<Comparing>;
}

/** @param holders in the store, with two documents each. */
export async function applicantsOf(place: Place, url: string, holders: number): Promise<Applicants> {
  const photos = await benchmarkPhotos(undefined);
  return {
    async compare(until) {
      const latencies: number[] = [];
      let failed = 0;
      let inARow = 0;
      const started = performance.now();
      const ended = () => until(latencies.length, performance.now() - started);
      while (!ended()) {
        // A token that outlives a long run is not to be had.
        const token = await officeToken(place.config);
        const client = createClient({ url, token, holders, photos });
        const renewed = performance.now() + tokenMinutes * 60_000;
        while (!ended() && performance.now() < renewed) {
          try {
            latencies.push(await client.compare());
            inARow = 0;
          } catch (error) {
            failed += 1;
            if (++inARow === mostInARow) throw error;
          }
        }
        client.close();
      }
      return comparing(latencies, failed, performance.now() - started);
    },
  };
}

function comparing(latencies: readonly number[], failed: number, elapsedMs: number): Comparing {
  return {
    comparisons: latencies.length,
    failed,
    perSecond: rounded((1000 * latencies.length) / elapsedMs),
    p50Ms: rounded(quantile(latencies, 0.5)),
    p95Ms: rounded(quantile(latencies, 0.95)),
    p99Ms: rounded(quantile(latencies, 0.99)),
    slowestMs: rounded(quantile(latencies, 1)),
  };
}
