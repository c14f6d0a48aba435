import { referenceEmbedding } from '../../comparison/referenceEmbeddings.js';
import { FacematchError } from '../../errors.js';
import type { Embedding, FaceReader, ReadOptions, UntrustedImage } from '../../face/types.js';
import type { OpenedSearch, SearchProbe, Store } from '../../store/store.js';

export interface Probe {
  readonly embedding: Embedding;
  /** Whose documents are no finding: those of the probe itself. */
  readonly ownHolders: ReadonlySet<string>;
}

interface ProbeParts {
  readonly store: Store;
  readonly faces: FaceReader;
}

/** A photo handed in, without its metadata. @throws FacematchError `probe-unusable`, and the refusals of a photo */
export async function acceptedPhoto(
  { faces }: Pick<ProbeParts, 'faces'>,
  photo: UntrustedImage,
  options?: ReadOptions,
): Promise<Uint8Array> {
  const outcome = await faces.read(photo, options);
  if (outcome.kind === 'refused')
    throw new FacematchError(outcome.code, 'The photo was refused.', outcome.facts);
  if (outcome.kind !== 'embedded') throw unusable(outcome.reason);
  return outcome.image.stripped;
}

/**
 * The probe as it is now, by the current model.
 *
 * @throws FacematchError `not-found` where the record or its photo was destroyed, `probe-unusable`
 */
export async function probeOf(
  parts: ProbeParts,
  search: Pick<OpenedSearch, 'id'>,
  probe: SearchProbe,
): Promise<Probe> {
  if ('documentId' in probe) return ofDocument(parts, probe.documentId);
  if ('comparisonId' in probe) return ofComparison(parts, probe.comparisonId);
  const embedding = await read(parts, await parts.store.searches.photo(search.id));
  return { embedding, ownHolders: new Set() };
}

async function ofDocument({ store, faces }: ProbeParts, id: string): Promise<Probe> {
  const state = await store.documents.state(id);
  const embedding = await referenceEmbedding(store, faces, state);
  if (typeof embedding === 'string') throw unusable(embedding);
  return { embedding, ownHolders: new Set([state.holderId]) };
}

/** The documents it was compared with are its own: what they say is in its result. */
async function ofComparison({ store, faces }: ProbeParts, id: string): Promise<Probe> {
  const { model } = await store.comparisons.get(id);
  const probe = await store.comparisons.probe(id);
  if (probe === undefined)
    throw new FacematchError('not-found', 'The photo of the comparison was destroyed.', { id });
  const kept = model === faces.model ? (probe.embedding as Embedding | undefined) : undefined;
  const embedding = kept ?? (await read({ store, faces }, probe.photo));
  const holders = await store.outcomes.referencesOf([id]);
  return { embedding, ownHolders: new Set(holders.get(id)?.values() ?? []) };
}

async function read({ faces }: ProbeParts, photo: Uint8Array): Promise<Embedding> {
  const outcome = await faces.read({ bytes: photo });
  if (outcome.kind === 'embedded') return outcome.embedding;
  throw unusable(outcome.kind === 'refused' ? outcome.code : outcome.reason);
}

const unusable = (reason: string) =>
  new FacematchError('probe-unusable', 'The photo to search for shows no usable face.', { reason });
