import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import { isFacematchError } from './errors.js';
import type { Job } from './jobs/job.js';
import { dailyRetention } from './retention/daily.js';
import { createRetention, type Retention } from './retention/engine.js';
import type { RetentionLimits } from './retention/limits.js';
import {
  copyKeyring,
  createOperations,
  type KeyringCopies,
  type Operations,
} from './retention/operations.js';
import type { Exclusive } from './store/database/exclusive.js';
import type { Store } from './store/store.js';

/** So few records may always be destroyed, whatever share of a small store they are. */
const few = 100;

export function retentionLimits({ retention }: Config): RetentionLimits {
  return { share: retention.share, few, maxGapDays: retention.gapDays };
}

export interface RetentionInService {
  readonly operations: Operations;
  /** Destroys what is due, once a day. */
  readonly daily: Job;
  /** Ends what an operator started. */
  stop(): Promise<void>;
}

/** The part of the object graph that destroys what is due, once a day and when an operator asks for it. */
export function createRetentionInService(parts: {
  readonly config: Config;
  readonly store: Store;
  readonly exclusive: Exclusive;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly version: string;
}): RetentionInService {
  const { config, store, exclusive, clock, logger, registry, version } = parts;
  const retention = measured(
    createRetention({ store, exclusive, clock, limits: retentionLimits(config) }),
    registry,
    clock,
  );
  const copies = copiesOf(config);
  const failed = (error: unknown) =>
    logger.error({
      event: 'retention-run-failed',
      problem: isFacematchError(error) ? error.code : 'internal',
    });
  const operations = createOperations({ store, retention, copies, clock, version, failed });
  return {
    operations,
    stop: () => operations.stop(),
    daily: dailyRetention({
      retention,
      clock,
      also: async () => {
        if (copies !== undefined) await copyKeyring(store, copies, clock(), version);
      },
    }),
  };
}

export function copiesOf({ retention }: Config): KeyringCopies | undefined {
  const { keyringBackups, keyringBackupDays } = retention;
  return keyringBackups === undefined
    ? undefined
    : { folder: resolve(keyringBackups), days: keyringBackupDays };
}

/** The same, with figures of what each run did. */
function measured(retention: Retention, registry: Registry, clock: Clock): Retention {
  const registers = [registry];
  const destroyed = new Counter({
    name: 'facematch_destroyed_records_total',
    help: 'Records destroyed since the service started',
    labelNames: ['kind'],
    registers,
  });
  const last = new Gauge({
    name: 'facematch_retention_last_success_timestamp_seconds',
    help: 'When a retention run last ended well; 0 before the first since the service started',
    registers,
  });
  const failing = new Gauge({
    name: 'facematch_retention_failing',
    help: '1 after a retention run was refused or failed, until one ends well',
    registers,
  });
  const start: Retention['start'] = async (order) => {
    try {
      const run = await retention.start(order);
      run.finished.then(
        (report) => {
          for (const [kind, count] of Object.entries(report.destroyed)) destroyed.inc({ kind }, count);
          last.set(clock().getTime() / 1000);
          failing.set(0);
        },
        () => failing.set(1),
      );
      return run;
    } catch (error) {
      if (!isFacematchError(error, 'busy')) failing.set(1);
      throw error;
    }
  };
  return { ...retention, start, run: async (order) => (await start(order)).finished };
}
