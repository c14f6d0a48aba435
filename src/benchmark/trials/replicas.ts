import { availableParallelism } from 'node:os';
import { FacematchError } from '../../errors.js';
import { type Client, createClient } from '../load.js';
import { benchmarkPhotos } from '../photos.js';
import { PrivatePostgres, postgresInstalled } from '../privatePostgres.js';
import { seedStore } from '../seed.js';
import { embedderOf } from '../seededService.js';
import { type ServedProcess, serveIn, temporaryPlace } from '../servedProcess.js';
import { median, quantile, rounded } from '../statistics.js';
import type { DatabaseKind, TrialResult } from '../trial.js';

/** What is measured unless the caller says otherwise. */
export const replicaPlans: Readonly<Record<'quick' | 'full', Omit<ReplicaPlan, 'databases' | 'replicas'>>> = {
  quick: { documents: 200, concurrency: [1, 16], rounds: 2, seconds: 2 },
  full: { documents: 1000, concurrency: [1, 16], rounds: 5, seconds: 4 },
};

export interface ReplicaPlan {
  readonly databases: readonly DatabaseKind[];
  readonly replicas: readonly number[];
  /** Documents in each store. */
  readonly documents: number;
  readonly concurrency: readonly number[];
  /** Each contender runs so many times, in turn with the others, for so long each time. */
  readonly rounds: number;
  readonly seconds: number;
}

interface Contender {
  readonly database: DatabaseKind;
  readonly replicas: number;
  readonly name: string;
  readonly clients: readonly Client[];
  stop(): Promise<void>;
}

interface Sample {
  readonly latencies: readonly number[];
  readonly perSecond: number;
}

/** Comparisons before the first round: until then the services' code is still being compiled. */
const warmUp = 150;

/**
 * Comparisons over HTTP with the records on each database and so many service processes on it, in turn in one run. Of
 * PostgreSQL the keyring is in a second database, as replicas share it; the children are as many in all as one
 * service would have.
 *
 * @throws FacematchError `input-invalid` where PostgreSQL is asked for and not installed
 */
export async function measureReplicas(
  plan: ReplicaPlan,
  folder: string | undefined,
  progress: (done: number, total: number) => void,
): Promise<TrialResult> {
  const wanted = plan.databases.flatMap((database) =>
    plan.replicas.filter((n) => database === 'postgres' || n === 1).map((n) => ({ database, replicas: n })),
  );
  if (wanted.some(({ database }) => database === 'postgres') && !postgresInstalled) {
    throw new FacematchError('input-invalid', 'PostgreSQL is not installed: no server to measure with.');
  }
  const photos = await benchmarkPhotos(folder);
  const server = plan.databases.includes('postgres') ? await PrivatePostgres.start() : undefined;
  const contenders: Contender[] = [];
  const total = wanted.length + wanted.length * plan.concurrency.length * plan.rounds;
  let done = 0;
  const step = (): void => progress(++done, total);
  try {
    for (const [n, { database, replicas }] of wanted.entries()) {
      const env: Record<string, string> =
        server === undefined || database === 'sqlite'
          ? {}
          : {
              DATABASE_URL: server.createDatabase(`records_${n}`),
              FACEMATCH_KEYRING_URL: server.createDatabase(`keys_${n}`),
            };
      contenders.push(await start({ database, replicas, documents: plan.documents, env, photos }));
      step();
    }
    for (const { clients } of contenders) await together(clients, 4, { answers: warmUp });
    const samples = new Map<string, Sample[]>();
    for (const atATime of plan.concurrency) {
      for (let round = 0; round < plan.rounds; round++) {
        for (const { name, clients } of contenders) {
          const key = `${name}, ${atATime} at a time`;
          const sample = await together(clients, atATime, { ms: plan.seconds * 1000 });
          samples.set(key, [...(samples.get(key) ?? []), sample]);
          step();
        }
      }
    }
    const rates = new Map([...samples].map(([key, all]) => [key, median(all.map((one) => one.perSecond))]));
    return {
      rows: [...samples].map(([key, all]) => {
        const latencies = all.flatMap((one) => one.latencies);
        const base = rates.get(`${nameOf('sqlite', 1)}${key.slice(key.indexOf(','))}`);
        const rate = rates.get(key) ?? 0;
        return {
          name: key,
          values: {
            'per second': rounded(rate),
            'of SQLite': base === undefined ? null : Number((rate / base).toFixed(2)),
            'p50 ms': rounded(quantile(latencies, 0.5)),
            'p95 ms': rounded(quantile(latencies, 0.95)),
            'p99 ms': rounded(quantile(latencies, 0.99)),
          },
        };
      }),
      notes: [
        `${plan.documents.toLocaleString('en')} documents in each store; ${plan.rounds} rounds of ${plan.seconds} s each, in turn: medians of the rates, quantiles of all answers.`,
        'Services, databases and the load client share the machine. Replicas share the child processes that one service has; SQLite has one process.',
      ],
    };
  } finally {
    for (const contender of contenders) await contender.stop();
    await server?.dispose();
  }
}

async function start({
  database,
  replicas,
  documents,
  env,
  photos,
}: {
  readonly database: DatabaseKind;
  readonly replicas: number;
  readonly documents: number;
  readonly env: Record<string, string>;
  readonly photos: readonly Buffer[];
}): Promise<Contender> {
  const place = await temporaryPlace({
    ...env,
    FACEMATCH_WORKERS: String(Math.max(1, Math.floor(availableParallelism() / replicas))),
  });
  const served: ServedProcess[] = [];
  try {
    await seedStore(place.config, documents, await embedderOf(place.config));
    for (let i = 0; i < replicas; i++) served.push(await serveIn(place));
  } catch (error) {
    for (const one of served) await one.stop();
    await place.remove();
    throw error;
  }
  // Replicas get applications of their own: the same one at two would be one more try.
  const clients = served.map((one, i) =>
    createClient({ ...one, holders: documents / 2, photos, first: i * 10_000_000 }),
  );
  return {
    database,
    replicas,
    name: nameOf(database, replicas),
    clients,
    async stop() {
      for (const client of clients) client.close();
      for (const one of served) await one.stop();
      await place.remove();
    },
  };
}

const nameOf = (database: DatabaseKind, replicas: number): string =>
  `${database === 'sqlite' ? 'SQLite' : 'PostgreSQL'} × ${replicas}`;

/** All clients at once, so many requests under way in all, until so many answers or for so long. */
async function together(
  clients: readonly Client[],
  atATime: number,
  until: { readonly answers?: number; readonly ms?: number },
): Promise<Sample> {
  const each = clients.length;
  const loads = await Promise.all(
    clients.map((client, i) => {
      const lanes = Math.floor(atATime / each) + (i < atATime % each ? 1 : 0);
      return client.run(lanes, (answered, elapsedMs) =>
        until.ms === undefined ? answered >= (until.answers ?? 0) / each : elapsedMs >= until.ms,
      );
    }),
  );
  return {
    latencies: loads.flatMap(({ latencies }) => latencies),
    perSecond: loads.reduce(
      (sum, { latencies, elapsedMs }) => sum + (elapsedMs > 0 ? (1000 * latencies.length) / elapsedMs : 0),
      0,
    ),
  };
}
