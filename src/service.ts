import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { Counter, Registry } from 'prom-client';
import type { Clock } from './clock.js';
import { loadCalibration } from './comparison/calibration.js';
import { createComparisons } from './comparison/comparison.js';
import { indexComparisons } from './comparison/indexing.js';
import { createPolicy } from './comparison/policy.js';
import { createQualityCheck } from './comparison/qualityCheck.js';
import type { Config } from './config.js';
import { databasePlace, openServedStore } from './configuredStore.js';
import { FacematchError, isFacematchError } from './errors.js';
import { createFacePool, type FacePool } from './face/pool/face-pool.js';
import type { AuthOptions } from './http/auth.js';
import { openTokenKey } from './http/devToken.js';
import { consoleRoutes } from './http/routes/console.js';
import { startServer } from './http/server.js';
import type { Services } from './http/services.js';
import { checkIsolation } from './isolation/atStart.js';
import type { Job, Jobs } from './jobs/job.js';
import { startJobs } from './jobs/start.js';
import { poolOptionsOf, prepareNetworks } from './networks.js';
import { createOversight } from './oversightParts.js';
import { packageRoot } from './packageRoot.js';
import { createPoolMetrics } from './poolMetrics.js';
import { createIntake } from './records/intake.js';
import { adoptModel, withActiveEmbedder } from './reembedding/activeModel.js';
import { followActiveModel } from './reembedding/outdated.js';
import { createReembedding } from './reembeddingParts.js';
import { createRetentionInService } from './retentionParts.js';
import { openExclusive } from './store/database/open.js';
import type { Store } from './store/store.js';

export interface RunningService {
  readonly url: string;
  readonly faces: FacePool;
  readonly store: Store;
  /** Resolves when the store's model is another one and it is the turn of this process to be started again. */
  readonly outdated: Promise<void>;
  /** Finishes what is at work within the deadline, then closes everything. True when nothing was cut off. */
  close(deadlineMs?: number): Promise<boolean>;
}

export interface ServiceParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told in plain sentences what starting up does. */
  readonly say: (line: string) => void;
  /** Lines that the log could not take since the start; a figure of its own where it is given. */
  readonly logLinesLost?: (() => number) | undefined;
}

/**
 * The one place that builds the object graph. Whatever fails on the way closes what was opened before.
 *
 * @throws FacematchError what configuration, networks, calibration, keyring, database or tokens have against it
 */
export async function startService(
  config: Config,
  { clock, logger, say, logLinesLost }: ServiceParts,
): Promise<RunningService> {
  const auth = await authOptions(config, clock);
  const opened: (() => Promise<unknown>)[] = [];
  try {
    const damaged = (code: string) => logger.error({ event: 'store-damaged', code });
    const store = await openServedStore(config, clock, damaged);
    opened.unshift(() => store.close());
    const exclusive = openExclusive(databasePlace(config));
    opened.unshift(() => exclusive.close());
    const networks = await prepareNetworks(await withActiveEmbedder(config, store.models), say);
    const calibration = loadCalibration(networks.calibrationPath, {
      model: networks.embedder,
      pipeline: networks.pipeline,
    });
    const policy = createPolicy(calibration, config.policy);
    await adoptModel(store.models, networks.embedder);
    const follows = followActiveModel(store.models, exclusive, networks.embedder, logger);
    opened.unshift(() => follows.close());
    const registry = new Registry();
    checkIsolation({ config, logger, registry, say });
    const metrics = createPoolMetrics(registry);
    const faces = await createFacePool({
      ...poolOptionsOf(config, networks),
      maxWaitMs: config.pool.queueMs,
      onTask: metrics.onTask,
    });
    metrics.watch(faces);
    if (logLinesLost !== undefined) countLostLines(registry, logLinesLost);
    opened.unshift(() => faces.close());
    let jobs: Jobs | undefined;
    const oversight = createOversight({
      config,
      store,
      exclusive,
      faces,
      calibration,
      policy,
      clock,
      logger,
      registry,
      // Before they are started there is nobody to ask anything of the service either.
      poke: (job) => jobs?.poke(job),
    });
    opened.unshift(() => oversight.close());
    await oversight.start();
    const version = packageVersion();
    const retention = createRetentionInService({
      config,
      store,
      exclusive,
      clock,
      logger,
      registry,
      version,
    });
    opened.unshift(() => retention.stop());
    const reembedding = await createReembedding({
      config,
      networks,
      faces,
      store,
      exclusive,
      clock,
      logger,
      registry,
      say,
    });
    const started = await startJobs([retention.daily, ...oversight.jobs, indexing(store), reembedding], {
      databaseUrl: config.store.databaseUrl,
      exclusive,
      failed: ({ failedEvent }, error) =>
        logger.error({
          event: failedEvent,
          problem: isFacematchError(error) ? error.code : 'internal',
        }),
    });
    jobs = started;
    opened.unshift(() => started.stop());
    const services: Services = {
      ...oversight.services,
      operations: retention.operations,
      intake: createIntake({ store, faces, clock }),
      comparisons: createComparisons({
        store,
        faces,
        calibration,
        policy,
        transferLagDays: config.policy.transferLagDays,
        clock,
        mode: oversight.services.mode,
      }),
      checkQuality: createQualityCheck({ store, faces }),
      readiness: () => readiness(store, faces, follows.outdated()),
      promiseRoom: (party) => faces.promiseRoom(party),
    };
    const server = await startServer({
      services,
      auth,
      host: config.http.host,
      port: config.http.port,
      logger,
      metrics: registry,
      version,
      extraRoutes: consoleRoutes(config, clock),
      limits: {
        trustedProxies: config.http.trustedProxies,
        callerRequests: config.limits.callerRequests,
        refusedTokens: config.limits.refusedTokens,
        photoBytes: config.photo.maxBytes,
      },
    });
    return {
      url: server.url,
      faces,
      store,
      outdated: follows.ended,
      close: async (deadlineMs = 10_000) => {
        // What nobody waits for ends while the last requests are answered.
        const [complete] = await Promise.all([server.close(deadlineMs), started.stop()]);
        for (const close of opened) await close();
        return complete;
      },
    };
  } catch (error) {
    for (const close of opened) await close();
    throw error;
  }
}

/** What an earlier version left to do, beside the service: a start does not wait for it. */
function indexing(store: Store): Job {
  return {
    name: 'index-comparisons',
    failedEvent: 'comparisons-not-indexed',
    everyMs: 15 * 60_000,
    firstAfterMs: 0,
    retries: 3,
    retryAfterMs: 30_000,
    run: async (signal) => {
      await indexComparisons(store, signal);
    },
  };
}

function countLostLines(registry: Registry, lost: () => number): void {
  new Counter({
    name: 'facematch_log_lines_lost_total',
    help: 'Log lines that could not be written: its disk is full, or its reader is slow or gone',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(lost());
    },
  });
}

async function readiness(store: Store, faces: FacePool, outdated: boolean) {
  const checks: Record<string, string> = {
    networks: faces.ready() ? 'ok' : 'no child process is ready',
    store: 'ok',
    ...(outdated && { model: 'the model was switched: to be started again' }),
  };
  await store.check().catch(() => {
    checks['store'] = 'cannot be read';
  });
  return { ready: Object.values(checks).every((check) => check === 'ok'), checks };
}

async function authOptions(config: Config, clock: Clock): Promise<AuthOptions> {
  const { issuer, audience, jwksUrl, keyFile, plainType } = config.token;
  if (issuer === undefined || (jwksUrl === undefined && config.mode !== 'development')) {
    throw new FacematchError(
      'config-invalid',
      'FACEMATCH_TOKEN_ISSUER and FACEMATCH_TOKEN_JWKS_URL are required outside development mode.',
    );
  }
  if (jwksUrl !== undefined && !isUnalterable(new URL(jwksUrl))) {
    throw new FacematchError(
      'config-invalid',
      'FACEMATCH_TOKEN_JWKS_URL is neither https nor of this machine.',
    );
  }
  const requireRole = config.mode !== 'development';
  if (jwksUrl !== undefined) return { issuer, audience, keys: { jwksUrl }, plainType, requireRole, clock };
  const { publicKey } = await openTokenKey(resolve(keyFile));
  return { issuer, audience, keys: { jwks: [publicKey] }, clock };
}

/** Whoever can change what comes from there can sign tokens. */
const isUnalterable = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);

export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version;
}
