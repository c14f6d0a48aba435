import type { Clock } from '../clock.js';
import { FacematchError, isFacematchError } from '../errors.js';
import type { FaceOutcome, FaceReader, ImageRefused, UntrustedImage } from '../face/types.js';
import { newId } from '../ids.js';
import { by, type Caller, partyOf } from '../oversight/caller.js';
import type { ModeControl } from '../oversight/mode.js';
import { markNoted } from '../oversight/notedRefusals.js';
import { ownTurn } from '../ownTurn.js';
import {
  type Application,
  applicationNameOf,
  parseApplication,
  requireRecent,
} from '../records/application.js';
import { retentionOfComparison, retentionOfReview } from '../records/retention.js';
import { settleAll } from '../settleAll.js';
import { isReferenceGone } from '../store/failures.js';
import type { Store } from '../store/store.js';
import { ageBandOf } from './ageBand.js';
import type { ComparisonAnswer } from './answer.js';
import { assess } from './assessment.js';
import type { Calibration } from './calibration.js';
import { type FoundReferences, findReferences } from './findReferences.js';
import { KeyedQueue } from './keyedQueue.js';
import type { Policy } from './policy.js';
import { beginProbe, type Probe } from './probe.js';
import { type ComparisonRecord, type RecordState, type Reevaluation, render } from './render.js';

export interface ComparisonRequest {
  /** Parsed JSON, not yet validated. */
  readonly application: unknown;
  readonly photo: UntrustedImage;
  readonly caller: Caller;
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Low gives way to every other photo that waits. */
  readonly priority?: 'normal' | 'low' | undefined;
}

export interface Comparisons {
  /**
   * The main job: a probe against the holder's last two documents, decided by the policy and recorded.
   *
   * @throws FacematchError `suspended`, `validation`, `forbidden` (another office's application), the refusals of a photo,
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
  readonly mode: Pick<ModeControl, 'requireRunning'>;
}

/** A photo that was accepted, with a face or without. */
type FaceRead = Exclude<FaceOutcome, ImageRefused>;

/** How often a comparison is made anew because its references changed under it. */
const mostTurns = 5;

const evidenceScope = 'comparisons:evidence';

interface Kept {
  readonly record: ComparisonRecord;
  readonly state: RecordState;
}

export function createComparisons(parts: ComparisonParts): Comparisons {
  const { store, faces, clock } = parts;
  const queue = new KeyedQueue();

  const answer = ({ record, state }: Kept, caller: Caller): ComparisonAnswer =>
    render(record, caller.language, caller.scopes.has(evidenceScope), state);

  const stored = async (id: string, caller: Caller): Promise<Kept> => {
    const comparison = await store.comparisons.get(id, caller.office);
    const reevaluations = (await store.outcomes.reevaluations(id)).map(
      ({ at, detail }) => ({ at, ...(detail as object) }) as Reevaluation,
    );
    const mode = comparison.mode === 'trial' ? 'trial' : 'active';
    const review = (await store.reviewQueue.ofComparisons([id])).get(id);
    return { record: comparison.detail as ComparisonRecord, state: { mode, reevaluations, review } };
  };

  const noteRead = ({ record }: Kept, caller: Caller, outcome: 'done' | 'repeated') =>
    store.audit.append({
      ...by(caller),
      onBehalfOf: by(caller).onBehalfOf ?? { application: applicationNameOf(record) },
      action: 'comparison.read',
      subject: { record: record.comparisonId },
      outcome,
    });

  /** The answer given before to the same request; handing it out again is a read. */
  const repeated = async (id: string, caller: Caller) => {
    const kept = await stored(id, caller);
    await noteRead(kept, caller, 'repeated');
    return { answer: answer(kept, caller), created: false };
  };

  /** What speaks against comparing, before anything is looked up. */
  const accepted = ({ application: document, caller }: ComparisonRequest): Application => {
    const application = parseApplication(document);
    requireRecent(application, clock());
    if (caller.office !== undefined && caller.office !== application.office) {
      throw new FacematchError('forbidden', 'The application belongs to another office.');
    }
    return application;
  };

  const compare = async (request: ComparisonRequest, id: string, probe: Probe, started: number) => {
    const { caller, signal } = request;
    const application = accepted(request);
    const claim = claimOf(store, request, application);
    await parts.mode.requireRunning();
    const earlier = claim && (await store.idempotency.find('comparison', claim));
    if (earlier !== undefined) {
      probe.giveUp();
      return repeated(earlier, caller);
    }

    const applicationName = applicationNameOf(application);
    const applicationKey = store.lookup.application(applicationName);
    const audit = {
      ...by(caller),
      onBehalfOf: { application: applicationName },
      action: 'comparison.create',
    };
    const decideAndRecord = async (face: FaceRead, tries: number, references: FoundReferences) => {
      await ownTurn();
      const now = clock();
      const assessment = await assess(parts, { application, probe: face, found: references, tries });
      const total = rounded(performance.now() - started);
      const record: ComparisonRecord = {
        comparisonId: id,
        applicationId: application.applicationId,
        office: application.office,
        requestedBy: application.requestedBy,
        registerNumberGiven: application.registerNumber !== undefined,
        comparedAt: now.toISOString(),
        ...assessment,
        evidence: { ...assessment.evidence, timings: { ...assessment.evidence.timings, total } },
      };
      signal?.throwIfAborted();
      const retention = retentionOfComparison(now);
      const result = await store.comparisons.create({
        id,
        applicationKey,
        office: application.office,
        outcome: record.outcome,
        references: references.references.map(({ document }) => document.id),
        revisions: references.references.map(({ document }) => document.revision),
        subjectKeys: references.subjectKeys,
        numberKeys: references.numberKeys,
        reasons: record.reasons,
        score: record.evidence.fused?.score,
        strength: record.evidence.fused?.strength,
        reviewRetentionEnds: retentionOfReview(record.comparedAt, retention.comparison),
        group: {
          ageBand: ageBandOf(application.birthDate, application.receivedAt),
          sex: references.references[0]?.sex ?? 'unknown',
        },
        createdAt: record.comparedAt,
        model: faces.model,
        calibration: parts.calibration.id,
        policy: parts.policy.id,
        retentionEnds: retention.comparison,
        detail: record,
        probe: {
          sealed: await probe.sealed(face.image),
          embedding: face.kind === 'embedded' ? face.embedding : undefined,
        },
        audit: { ...audit, subject: { record: id }, outcome: record.outcome },
        idempotency: claim,
      });
      return { ...result, record };
    };

    // One at a time for each application: tries sent at once must not all see the same count.
    const outcome = await queue.run(keyText(applicationKey), async () => {
      const [face, found, before] = await settleAll([
        probe.read,
        findReferences(parts, application),
        store.comparisons.tries(applicationKey),
      ]);
      if (face.kind === 'refused') {
        await store.audit.append({ ...audit, outcome: face.code });
        const refusal = new FacematchError(face.code, 'The photo was refused.', face.facts);
        markNoted(refusal);
        throw refusal;
      }
      for (let references = found, turn = 1; ; turn++) {
        try {
          return await decideAndRecord(face, before + 1, references);
        } catch (error) {
          // Suspended meanwhile: said with its reason and end, as to those who come later.
          if (isFacematchError(error, 'suspended')) await parts.mode.requireRunning();
          // A reference was destroyed or corrected since it was read.
          const outdated = isReferenceGone(error) || isFacematchError(error, 'revision-conflict');
          if (!outdated || turn === mostTurns) throw error;
          references = await findReferences(parts, application);
        }
      }
    });
    await ownTurn();
    // The same request may have been answered meanwhile: then its answer is the one that counts.
    const { created, mode, reviewId, record } = outcome;
    return created
      ? { answer: answer({ record, state: stateOf(mode, reviewId) }, caller), created }
      : repeated(outcome.id, caller);
  };

  return {
    async create(request) {
      const { caller, photo, signal, priority } = request;
      const started = performance.now();
      const id = newId();
      // Begins before the rest of the request is looked at, and is given up where that speaks against it.
      const probe = beginProbe(parts, id, photo, { signal, priority, party: partyOf(caller) });
      try {
        return await compare(request, id, probe, started);
      } catch (error) {
        probe.giveUp();
        throw error;
      }
    },

    async get(id, caller) {
      const kept = await stored(id, caller);
      await noteRead(kept, caller, 'done');
      return answer(kept, caller);
    },
  };
}

const stateOf = (mode: string, reviewId: string | undefined): RecordState => ({
  mode: mode === 'trial' ? 'trial' : 'active',
  reevaluations: [],
  review: reviewId === undefined ? undefined : { id: reviewId, status: 'waiting', verdict: undefined },
});

function claimOf(store: Store, request: ComparisonRequest, application: Application) {
  if (request.idempotencyKey === undefined) return undefined;
  const content = Buffer.from(JSON.stringify(application), 'utf8');
  return {
    key: store.lookup.idempotency(request.caller.client, request.idempotencyKey),
    fingerprint: store.lookup.fingerprint(content, request.photo.bytes),
  };
}

const keyText = (key: Uint8Array): string => Buffer.from(key).toString('base64');

const rounded = (milliseconds: number): number => Number(milliseconds.toFixed(2));
