import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import type { Clock } from './clock.js';
import type { Calibration } from './comparison/calibration.js';
import { calibrationView } from './comparison/calibrationView.js';
import { createAfterComparison } from './comparison/confirmation.js';
import type { Policy } from './comparison/policy.js';
import { reevaluate } from './comparison/reevaluation.js';
import type { Config } from './config.js';
import { developmentKeys } from './developmentKeys.js';
import { FacematchError, isFacematchError } from './errors.js';
import type { FaceReader } from './face/types.js';
import type { OversightServices } from './http/services.js';
import { createComparisonQuery } from './inquiry/comparisonQuery.js';
import { createInquiries } from './inquiry/inquiries.js';
import { createPhotos } from './inquiry/photos.js';
import { createReviews } from './inquiry/reviews.js';
import { createSearches } from './inquiry/search/searches.js';
import { createSearchJob, searchJobName } from './inquiry/search/searchJob.js';
import type { Job } from './jobs/job.js';
import { createAnonymousRefusals } from './oversight/anonymousRefusals.js';
import { createAuditAccess } from './oversight/auditAccess.js';
import { createAuditHeads, type HeadSigner, headSigner } from './oversight/auditHeads.js';
import { by } from './oversight/caller.js';
import { createGuessing } from './oversight/guessing.js';
import { createMe } from './oversight/me.js';
import { createModeControl } from './oversight/mode.js';
import { parseReportQuery, reportOnUse } from './oversight/useReport.js';
import { createLookups } from './records/lookups.js';
import { createRectify } from './records/rectification.js';
import { plus, statutoryRetention } from './records/retention.js';
import { createRights } from './records/rights.js';
import { createStatuses } from './records/status.js';
import { createRecordHolds } from './retention/holds.js';
import type { Exclusive } from './store/database/exclusive.js';
import type { Store } from './store/store.js';

export interface Oversight {
  readonly services: OversightServices;
  /** What is done from time to time while the service runs. */
  readonly jobs: readonly Job[];
  /** Notes the start and signs the end of the trail as it is now. */
  start(): Promise<void>;
  /** Writes what was counted and signs once more; before the store closes. */
  close(): Promise<void>;
}

/** Between two signatures of the trail while entries keep coming. */
const anHour = 60 * 60 * 1000;

/** The part of the object graph that watches over the rest. */
export function createOversight(parts: {
  readonly config: Config;
  readonly store: Store;
  readonly exclusive: Exclusive;
  readonly faces: FaceReader;
  readonly calibration: Calibration;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Has a job look at once, by its name. */
  readonly poke: (job: string) => void;
}): Oversight {
  const { config, store, exclusive, faces, calibration, policy, clock, logger, registry, poke } = parts;
  const failed = (error: unknown) =>
    logger.error({
      event: 'audit-not-written',
      problem: isFacematchError(error) ? error.code : 'internal',
    });
  const heads = createAuditHeads({
    trail: store.audit,
    signer: auditSigner(config),
    clock,
    file: config.audit.headsFile === undefined ? undefined : resolve(config.audit.headsFile),
    failed,
  });
  const anonymous = createAnonymousRefusals(store.audit, failed);
  const slowed = new Counter({
    name: 'facematch_lookups_slowed_total',
    help: 'Look-ups at the border after which their caller has to wait, having asked for too many unknown documents',
    registers: [registry],
  });
  const guessing = createGuessing({
    free: config.limits.borderMisses,
    async slowed(caller, { misses, waitSeconds }) {
      slowed.inc();
      logger.warn({ event: 'document-numbers-tried', client: caller.client, misses, waitSeconds });
      const facts = { misses, waitSeconds };
      await store.audit.append({ ...by(caller), action: 'border.lookup', outcome: 'slowed', facts });
    },
  });
  const holds = createRecordHolds({ store, clock });
  const mode = createModeControl({
    store,
    clock,
    retentionEnds: (day) => plus(day, statutoryRetention.reason.period),
  });
  const run = { store, faces, calibration, settings: config.search, clock };
  const searches = createSearches({ ...run, approved: () => poke(searchJobName), mode });
  const services: OversightServices = {
    mode,
    searches,
    me: createMe(store, mode),
    photos: createPhotos({ store, faces, clock }),
    calibration: async (caller) => {
      await store.audit.append({ ...by(caller), action: 'calibration.read', outcome: 'done' });
      return calibrationView(calibration, policy);
    },
    audit: createAuditAccess(store, heads),
    statuses: createStatuses({ store, clock }),
    lookups: createLookups(store, holds, guessing),
    holds,
    inquiries: createInquiries({ store, clock, searchesOf: searches.ofInquiry }),
    queryComparisons: createComparisonQuery(store),
    reviews: createReviews({ store, clock, policy: config.review, random: Math.random }),
    rights: createRights({ store, clock }),
    rectify: createRectify({
      store,
      faces,
      clock,
      reevaluate: (corrected, at, known) =>
        reevaluate({ store, faces, calibration, policy }, corrected, at, known),
    }),
    afterComparison: createAfterComparison({ store, clock }),
    reports: {
      async use(query, caller) {
        const asked = parseReportQuery(query);
        const report = await reportOnUse(store.figures, asked);
        await store.audit.append({ ...by(caller), action: 'report.use', outcome: 'done' });
        return report;
      },
    },
    refused: async (caller, action, code) => {
      if (caller === undefined) anonymous.count(action, code);
      else await store.audit.append({ ...by(caller), action, outcome: code });
    },
  };
  return {
    services,
    jobs: [
      {
        name: 'audit-heads',
        failedEvent: 'audit-not-written',
        everyMs: anHour,
        firstAfterMs: anHour,
        retries: 3,
        retryAfterMs: 60_000,
        run: () => heads.signIfNew(),
      },
      createSearchJob({
        ...run,
        exclusive,
        requireRunning: mode.requireRunning,
        failed: (error) =>
          logger.error({
            event: 'search-not-recorded',
            problem: isFacematchError(error) ? error.code : 'internal',
          }),
      }),
      {
        name: 'report-figures',
        failedEvent: 'report-figures-not-kept',
        everyMs: anHour,
        firstAfterMs: anHour / 12,
        retries: 3,
        retryAfterMs: 60_000,
        run: async (signal) => {
          await store.trialDays.keep(clock(), signal);
        },
      },
    ],
    async start() {
      // So that there is always a signed head: a trail without any is one whose heads were removed.
      await store.audit.append({
        client: 'service',
        actor: 'service',
        action: 'service.started',
        outcome: 'done',
      });
      await heads.signHead();
    },
    async close() {
      await anonymous.close();
      await heads.close();
    },
  };
}

/** @throws FacematchError `config-invalid` where production has no key to sign with */
export function auditSigner(config: Config): HeadSigner {
  if (config.audit.key !== undefined) return headSigner(config.audit.key);
  if (config.mode === 'development') {
    return headSigner(developmentKeys(resolve(config.store.database)).auditKey);
  }
  throw new FacematchError(
    'config-invalid',
    'FACEMATCH_AUDIT_KEY is required (or a file named by FACEMATCH_AUDIT_KEY_FILE): 32 random bytes in base64.',
  );
}
