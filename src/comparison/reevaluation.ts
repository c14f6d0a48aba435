import type { Embedding, FaceReader, FailureToAcquireReason } from '../face/types.js';
import { retentionOfReview } from '../records/retention.js';
import type { NewReevaluation, UsedReferences } from '../store/comparisonOutcomes.js';
import type { Store } from '../store/store.js';
import type { Calibration } from './calibration.js';
import { compareThreeWay, explain } from './compare.js';
import { decide, type Policy } from './policy.js';
import { type ReferenceEmbedding, referenceEmbedding } from './referenceEmbeddings.js';
import type { ComparisonRecord } from './render.js';

export interface ReevaluationParts {
  readonly store: Store;
  readonly faces: FaceReader;
  readonly calibration: Calibration;
  readonly policy: Policy;
}

/** What the model made of a document's new photo; undefined where it shows no usable face. */
export interface CorrectedReference {
  readonly documentId: string;
  /** Undefined where the photo was not corrected. */
  readonly photo:
    | { readonly embedding: Embedding | undefined; readonly failure: FailureToAcquireReason | undefined }
    | undefined;
}

/**
 * Computes again the comparisons that used a corrected document: same probe, same findings about the identity, the
 * references as they are now, the policy and calibration of today. Where the probe is destroyed nothing can be
 * computed, and the comparison is only marked.
 *
 * @param known comparisons to leave out: computed again already.
 */
export async function reevaluate(
  parts: ReevaluationParts,
  corrected: CorrectedReference,
  at: string,
  known: ReadonlySet<string> = new Set(),
): Promise<NewReevaluation[]> {
  const used = await parts.store.outcomes.using(corrected.documentId);
  const unknown = used.filter(({ comparisonId }) => !known.has(comparisonId));
  return Promise.all(
    unknown.map(async ({ comparisonId, references }) => {
      const detail = await again(parts, comparisonId, references, corrected);
      const review = await reviewAfter(parts.store, comparisonId, detail, at);
      return { comparisonId, at, outcome: detail.outcome, detail, review };
    }),
  );
}

/**
 * A comparison that now asks for a review, or for other reasons than before, gets one; where it no longer does, a
 * review that nobody took is withdrawn. What people decided stands.
 */
async function reviewAfter(
  store: Store,
  comparisonId: string,
  now: Pick<ComparisonRecord, 'reasons'> & Partial<ComparisonRecord>,
  at: string,
): Promise<NewReevaluation['review']> {
  if (now.outcome === 'consistent') return 'withdraw';
  if (now.outcome !== 'review') return undefined;
  const { office, detail, retentionEnds } = await store.comparisons.get(comparisonId);
  const before = (await store.outcomes.reevaluations(comparisonId)).findLast(
    ({ outcome }) => outcome !== undefined,
  );
  const last = (before?.detail ?? detail) as ComparisonRecord;
  if (last.outcome === 'review' && last.reasons.join() === now.reasons.join()) return undefined;
  const ends = retentionOfReview(at, retentionEnds);
  return { open: { comparisonId, office, openedAt: at, retentionEnds: ends } };
}

async function again(
  parts: ReevaluationParts,
  comparisonId: string,
  used: UsedReferences['references'],
  corrected: CorrectedReference,
): Promise<Pick<ComparisonRecord, 'reasons'> & Partial<ComparisonRecord>> {
  const { store, faces, calibration, policy } = parts;
  const comparison = await store.comparisons.get(comparisonId);
  const record = comparison.detail as ComparisonRecord;
  const probe = await store.comparisons.probe(comparisonId);
  if (probe === undefined) return { reasons: [] };
  const vector = await probeEmbedding(faces, comparison.model, probe);
  const references = await Promise.all(
    used.map(({ documentId }) => embeddingOf(parts, documentId, corrected)),
  );
  const threeWay = compareThreeWay(
    vector,
    references.map((one) => (typeof one === 'string' ? undefined : one)),
  );
  const decision = decide(
    {
      identity: record.reasons.includes('identity-conflict') ? 'conflict' : 'consistent',
      registerNumberInvalid: record.reasons.includes('register-number-invalid'),
      claimedDocumentUnknown: record.reasons.includes('claimed-document-unknown'),
      tries: record.evidence.tries,
      probe: record.evidence.failureToAcquire ?? 'embedded',
      sharpness: record.evidence.quality?.components.Sharpness.value,
      references: references.length as 0 | 1 | 2,
      scores: threeWay.each.filter((score) => score !== undefined),
      agreement: threeWay.agreement,
      fused: threeWay.fused,
    },
    policy,
  );
  const { each, agreement, fused } = explain(threeWay, calibration, policy);
  return {
    ...decision,
    evidence: {
      ...record.evidence,
      references: record.evidence.references.map(({ comparison: _before, ...reference }, position) => {
        // A reference that was destroyed has no row any more, and the others keep their positions.
        const index = used.findIndex((one) => one.position === position);
        const [embedding, comparison] = [references[index], each[index]];
        return {
          ...reference,
          ...(embedding === undefined
            ? {}
            : { embedding: typeof embedding === 'string' ? embedding : ('embedded' as const) }),
          ...(comparison === undefined ? {} : { comparison }),
        };
      }),
      agreement,
      fused,
      model: faces.model,
      calibration: calibration.id,
      policy: policy.id,
    },
  };
}

/** The reference as it is from now on, by the current model. */
async function embeddingOf(
  { store, faces }: ReevaluationParts,
  documentId: string,
  corrected: CorrectedReference,
): Promise<ReferenceEmbedding | undefined> {
  if (documentId === corrected.documentId && corrected.photo !== undefined) {
    return corrected.photo.embedding ?? corrected.photo.failure;
  }
  return referenceEmbedding(store, faces, await store.documents.state(documentId));
}

/** The probe by the current model: embeddings of two models are never compared. */
async function probeEmbedding(
  faces: FaceReader,
  model: string,
  probe: { readonly photo: Uint8Array; readonly embedding?: Float32Array | undefined },
): Promise<Embedding | undefined> {
  if (model === faces.model || probe.embedding === undefined) return probe.embedding as Embedding | undefined;
  const outcome = await faces.read({ bytes: probe.photo });
  return outcome.kind === 'embedded' ? outcome.embedding : undefined;
}
