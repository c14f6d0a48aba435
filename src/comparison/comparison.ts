import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import type { FaceOutcome, FaceReader, UntrustedImage } from '../face/types.js';
import type { Caller } from '../oversight/caller.js';
import { type Application, parseApplication } from '../records/application.js';
import { retentionOfComparison } from '../records/retention.js';
import type { Store } from '../store/store.js';
import type { ComparisonAnswer } from './answer.js';
import { assess } from './assessment.js';
import type { Calibration } from './calibration.js';
import { findReferences } from './findReferences.js';
import type { Policy } from './policy.js';
import { type ComparisonRecord, render } from './render.js';

export interface ComparisonRequest {
  /** Parsed JSON, not yet validated. */
  readonly application: unknown;
  readonly photo: UntrustedImage;
  readonly caller: Caller;
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Comparisons {
  /**
   * The main job: a probe against the holder's last two documents, decided by the policy and recorded.
   *
   * @throws FacematchError `validation`, `forbidden` (another office's application), the refusals of a photo,
   * `idempotency-mismatch`, `busy`, `deadline-exceeded`, `store-unavailable`
   */
  create(request: ComparisonRequest): Promise<{ answer: ComparisonAnswer; created: boolean }>;
  /** @throws FacematchError `not-found`, also for another office's comparison */
  get(id: string, caller: Caller): Promise<ComparisonAnswer>;
}

export interface ComparisonParts {
  readonly store: Store;
  readonly faces: FaceReader;
  readonly calibration: Calibration;
  readonly policy: Policy;
  /** Days after its issue by which a document has reached the store. */
  readonly transferLagDays: number;
  readonly clock: Clock;
}

const evidenceScope = 'comparisons:evidence';

export function createComparisons(parts: ComparisonParts): Comparisons {
  const { store, faces, clock } = parts;

  const answer = (record: ComparisonRecord, caller: Caller): ComparisonAnswer =>
    render(record, caller.language, caller.scopes.has(evidenceScope));

  const stored = async (id: string, caller: Caller): Promise<ComparisonRecord> => {
    const comparison = await store.comparisons.get(id);
    if (caller.office !== undefined && caller.office !== comparison.office) {
      throw new FacematchError('not-found', 'The comparison belongs to another office.', { id });
    }
    return comparison.detail as ComparisonRecord;
  };

  return {
    async create(request) {
      const { caller, photo, signal } = request;
      const started = performance.now();
      const application = parseApplication(request.application);
      if (caller.office !== undefined && caller.office !== application.office) {
        throw new FacematchError('forbidden', 'The application belongs to another office.');
      }
      const claim = claimOf(store, request, application);
      const earlier = claim && (await store.idempotency.find('comparison', claim));
      if (earlier !== undefined)
        return { answer: answer(await stored(earlier, caller), caller), created: false };

      const applicationKey = store.lookup.application(`${application.office}\0${application.applicationId}`);
      const [probe, found, earlierTries] = await settleAll([
        faces.read(photo, { signal }),
        findReferences(parts, application),
        store.comparisons.tries(applicationKey),
      ]);
      const accepted = orRefuse(probe);
      const id = randomUUID();
      const now = clock();
      const assessment = await assess(parts, {
        application,
        probe: accepted,
        found,
        tries: earlierTries + 1,
      });
      const record: ComparisonRecord = {
        comparisonId: id,
        applicationId: application.applicationId,
        office: application.office,
        requestedBy: application.requestedBy,
        comparedAt: now.toISOString(),
        ...assessment,
        evidence: {
          ...assessment.evidence,
          timings: { ...assessment.evidence.timings, total: rounded(performance.now() - started) },
        },
      };
      signal?.throwIfAborted();
      const retention = retentionOfComparison(now);
      const result = await store.comparisons.create({
        id,
        applicationKey,
        office: application.office,
        outcome: record.outcome,
        createdAt: record.comparedAt,
        model: faces.model,
        calibration: parts.calibration.id,
        policy: parts.policy.id,
        retentionEnds: retention.comparison,
        detail: record,
        probe: {
          photo: accepted.image.stripped,
          embedding: accepted.kind === 'embedded' ? accepted.embedding : undefined,
          retentionEnds: retention.probe,
        },
        audit: {
          client: caller.client,
          actor: caller.person ?? caller.subject,
          action: 'comparison.create',
          subject: { record: id },
          outcome: record.outcome,
        },
        idempotency: claim,
      });
      // The same request may have been answered meanwhile: then its answer is the one that counts.
      return result.created
        ? { answer: answer(record, caller), created: true }
        : { answer: answer(await stored(result.id, caller), caller), created: false };
    },

    async get(id, caller) {
      const record = await stored(id, caller);
      await store.audit.append({
        client: caller.client,
        actor: caller.person ?? caller.subject,
        action: 'comparison.read',
        subject: { record: id },
        outcome: 'done',
      });
      return answer(record, caller);
    },
  };
}

function claimOf(store: Store, request: ComparisonRequest, application: Application) {
  if (request.idempotencyKey === undefined) return undefined;
  const content = Buffer.from(JSON.stringify(application), 'utf8');
  return {
    key: store.lookup.idempotency(request.caller.client, request.idempotencyKey),
    fingerprint: store.lookup.fingerprint(content, request.photo.bytes),
  };
}

type Accepted = Exclude<FaceOutcome, { kind: 'refused' }>;

function orRefuse(outcome: FaceOutcome): Accepted {
  if (outcome.kind !== 'refused') return outcome;
  throw new FacematchError(outcome.code, 'The photo was refused.', outcome.facts);
}

/** Like Promise.all, but waits for every part to end before it fails: nothing goes on behind a refused request. */
async function settleAll<T extends readonly unknown[]>(
  promises: {
    [K in keyof T]: Promise<T[K]>;
  },
): Promise<T> {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

const rounded = (milliseconds: number): number => Number(milliseconds.toFixed(2));
