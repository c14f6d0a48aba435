import { z } from 'zod';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import type { FaceOutcome, FaceReader, FailureToAcquireReason, UntrustedImage } from '../face/types.js';
import { by, type Caller, partyOf } from '../oversight/caller.js';
import type { NewReevaluation } from '../store/comparisonOutcomes.js';
import type { Store } from '../store/store.js';
import { refuseForbiddenFields } from './forbiddenFields.js';
import { recordKeys } from './keys.js';
import { differences, mergePatch } from './mergePatch.js';
import { retentionEnds } from './retention.js';
import { parseStatutoryRecord, storedRecord } from './statutoryRecord.js';
import { text } from './text.js';
import { invalid, validated } from './validation.js';

export const rectificationSchema = z.strictObject({
  revision: z.int().min(1).describe('The revision that was read and is corrected'),
  reason: text(500).describe('Why it was inexact or incomplete, kept with what it was'),
  changes: z
    .strictObject({
      holder: z.unknown().optional(),
      document: z.unknown().optional(),
      production: z.unknown().optional(),
    })
    .optional()
    .describe('JSON Merge Patch (RFC 7396) of the record: only what changes; null removes a field'),
});

export const rectifiedSchema = z.strictObject({
  documentId: z.string(),
  revision: z.int(),
  changed: z.array(z.string()).describe('JSON pointers into the record, and /photo or /signature'),
  embedding: z
    .enum(['embedded', 'no-face', 'multiple-faces', 'face-too-small'])
    .optional()
    .describe('What the machine makes of a new photo'),
  reevaluated: z
    .array(z.string())
    .describe('Comparisons that used the document: computed again where possible, marked in any case'),
});
export type Rectified = z.output<typeof rectifiedSchema>;

export interface RectificationRequest {
  readonly documentId: string;
  /** Parsed JSON, not yet validated. */
  readonly rectification: unknown;
  readonly photo?: UntrustedImage | undefined;
  readonly signature?: UntrustedImage | undefined;
  readonly caller: Caller;
  readonly signal?: AbortSignal | undefined;
}

/** What correcting a document means for the comparisons that used it. */
export type Reevaluate = (
  corrected: {
    readonly documentId: string;
    readonly photo:
      | {
          readonly embedding: Float32Array | undefined;
          readonly failure: FailureToAcquireReason | undefined;
        }
      | undefined;
  },
  at: string,
  /** Comparisons that were computed again already. */
  known: ReadonlySet<string>,
) => Promise<NewReevaluation[]>;

export interface RectificationParts {
  readonly store: Store;
  readonly faces: FaceReader;
  readonly clock: Clock;
  readonly reevaluate: Reevaluate;
}

/**
 * Corrects what a record holds, on behalf of its holder.
 *
 * @throws FacematchError `validation` (also when nothing would change), `forbidden-field`, `not-found`,
 * `revision-conflict`, `transfer-conflict`, `retention-over` when the corrected dates make the record due, and the
 * refusals of an image
 */
export type Rectify = (request: RectificationRequest) => Promise<Rectified>;

export function createRectify(parts: RectificationParts): Rectify {
  const { store, faces, clock } = parts;
  return async ({ documentId, rectification, photo, signature, caller, signal }) => {
    refuseForbiddenFields(rectification, 'rectification');
    const asked = validated(rectificationSchema, rectification, 'rectification');
    const state = await store.documents.state(documentId);
    if (state.revision !== asked.revision) {
      throw new FacematchError('revision-conflict', 'The record was corrected meanwhile.', { documentId });
    }
    const before = storedRecord(await store.documents.record(documentId));
    const record = parseStatutoryRecord(mergePatch(before, asked.changes ?? {}));
    const options = { signal, party: partyOf(caller) };
    const face = photo && accepted(await faces.read(photo, options), 'photo');
    const ink = signature && accepted(await faces.accept(signature, options), 'signature');
    const changed = [
      ...differences(before, record),
      ...(face === undefined ? [] : ['/photo']),
      ...(ink === undefined ? [] : ['/signature']),
    ];
    if (changed.length === 0) throw invalid('rectification', [{ path: ['changes'], code: 'unchanged' }]);
    const now = clock().toISOString();
    const ends = retentionEnds(record);
    if (ends <= now.slice(0, 10)) {
      throw new FacematchError(
        'retention-over',
        'By its corrected dates the record is due for destruction.',
        {
          retentionEnds: ends,
        },
      );
    }
    const vector = face?.kind === 'embedded' ? face.embedding : undefined;
    const photoNow = face && {
      embedding: vector,
      failure: face.kind === 'embedded' ? undefined : face.reason,
    };
    const { revision, reevaluated } = await store.rectifications.rectify({
      documentId,
      revision: asked.revision,
      at: now,
      type: record.document.type,
      issuedOn: record.document.issuedOn,
      retentionEnds: ends,
      ...recordKeys(record, store.lookup),
      record,
      photo: face && {
        content: face.image.stripped,
        pixelsKey: store.lookup.pixels(face.image.pixelDigest),
      },
      signature: ink?.image.stripped,
      embedding: face && embeddingOf(face),
      detail: { reason: asked.reason, changed, before },
      reevaluate: (known) => parts.reevaluate({ documentId, photo: photoNow }, now, known),
      audit: {
        ...by(caller),
        action: 'document.rectify',
        subject: { record: documentId },
        outcome: 'done',
        facts: { changed },
      },
    });
    return {
      documentId,
      revision,
      changed,
      ...(face === undefined
        ? {}
        : { embedding: face.kind === 'embedded' ? ('embedded' as const) : face.reason }),
      reevaluated: [...reevaluated],
    };
  };
}

function embeddingOf(face: Exclude<FaceOutcome, { kind: 'refused' }>) {
  return face.kind === 'embedded'
    ? { model: face.model, vector: face.embedding }
    : { model: face.model, failure: face.reason };
}

function accepted<T extends { readonly kind: string }>(
  outcome: T,
  part: 'photo' | 'signature',
): Exclude<T, { kind: 'refused' }> {
  if (outcome.kind === 'refused') {
    const { code, facts } = outcome as unknown as Extract<FaceOutcome, { kind: 'refused' }>;
    throw new FacematchError(code, `The ${part} is no image that can be kept.`, { ...facts, part });
  }
  return outcome as Exclude<T, { kind: 'refused' }>;
}
