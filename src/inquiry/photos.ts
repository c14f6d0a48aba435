import { z } from 'zod';
import type { Clock } from '../clock.js';
import { measuredQuality, measuredQualitySchema } from '../comparison/quality.js';
import { FacematchError } from '../errors.js';
import { eyeCentres } from '../face/landmarks.js';
import { pictureSize } from '../face/pictureSize.js';
import type { FaceReader, ReadOptions, ShownImage } from '../face/types.js';
import { by, type Caller, partyOf } from '../oversight/caller.js';
import { personOf } from '../oversight/person.js';
import type { Store } from '../store/store.js';
import { watermark } from './watermark.js';

/** The photo of the applicant and those it was compared with. */
export const photoNames = ['probe', 'newest', 'older'] as const;
export type PhotoName = (typeof photoNames)[number];

const pointSchema = z.tuple([z.number(), z.number()]);
const faceGeometrySchema = z.strictObject({
  width: z.int().describe('Of the picture as it is served'),
  height: z.int(),
  landmarks: z.array(pointSchema).length(68).describe('In the order of iBUG 300-W, pixels of that picture'),
  leftEye: pointSchema.describe('Left as seen in the picture'),
  rightEye: pointSchema,
  quality: measuredQualitySchema.describe('Of the photo as it is kept'),
});
const orNone = faceGeometrySchema
  .nullable()
  .describe('null where there is no such photo any more, or no one usable face on it');
export const geometrySchema = z.strictObject({ probe: orNone, newest: orNone, older: orNone });
export type Geometry = z.output<typeof geometrySchema>;
type FaceGeometry = NonNullable<Geometry[PhotoName]>;

export interface Photos {
  /**
   * A photo of a comparison, to look at: with who looks and when on it, and in the trail.
   *
   * @param name see {@link photoNames}
   * @throws FacematchError `not-found` (also another office's, or a photo that is destroyed), `person-required`,
   * `integrity-failure`, `busy`, `deadline-exceeded`, `reading-failed`
   */
  ofComparison(id: string, name: string, caller: Caller, signal: AbortSignal): Promise<ShownImage>;
  /** Where the faces of a comparison's photos are. @throws FacematchError as {@link ofComparison} */
  geometry(id: string, caller: Caller, signal: AbortSignal): Promise<Geometry>;
  /** @throws FacematchError as {@link ofComparison} */
  ofDocument(id: string, caller: Caller, signal: AbortSignal): Promise<ShownImage>;
}

export function createPhotos(parts: {
  readonly store: Store;
  readonly faces: Pick<FaceReader, 'read' | 'show'>;
  readonly clock: Clock;
}): Photos {
  const { store, faces, clock } = parts;

  const requireVisible = (id: string, { office }: Caller) => store.comparisons.get(id, office);

  /** As it is kept; undefined where there is none, or none any more. */
  const kept = async (id: string, name: PhotoName): Promise<Uint8Array | undefined> => {
    if (name === 'probe') return (await store.comparisons.probe(id))?.photo;
    const documentId = await store.outcomes.referenceAt(id, name === 'newest' ? 0 : 1);
    return documentId === undefined ? undefined : (await store.documents.open(documentId)).photo;
  };

  const show = async (photo: Uint8Array, caller: Caller, signal: AbortSignal): Promise<ShownImage> => {
    const outcome = await faces.show({ bytes: photo }, watermark(personOf(caller), clock()), {
      signal,
      party: partyOf(caller),
    });
    if (outcome.kind === 'shown') return outcome.picture;
    throw new FacematchError('integrity-failure', 'A stored photo does not decode any more.');
  };

  const note = (caller: Caller, action: string, record: string, facts = {}) =>
    store.audit.append({ ...by(caller), action, subject: { record }, outcome: 'done', facts });

  const locate = async (
    photo: Uint8Array | undefined,
    options: ReadOptions,
  ): Promise<FaceGeometry | null> => {
    if (photo === undefined) return null;
    const read = await faces.read({ bytes: photo }, options);
    if (read.kind !== 'embedded') return null;
    const { width, height } = pictureSize(read.image);
    const across = width / read.image.width;
    const down = height / read.image.height;
    const place = ({ x, y }: { x: number; y: number }): [number, number] => [
      tenth(x * across),
      tenth(y * down),
    ];
    const { left, right } = eyeCentres(read.measures.landmarks);
    const landmarks = read.measures.landmarks.map(place);
    const quality = measuredQuality(read.measures.quality);
    return { width, height, landmarks, leftEye: place(left), rightEye: place(right), quality };
  };

  return {
    async ofComparison(id, name, caller, signal) {
      const known = photoNames.find((one) => one === name);
      if (known === undefined) throw new FacematchError('not-found', 'A comparison has no such photo.');
      await requireVisible(id, caller);
      const photo = await kept(id, known);
      if (photo === undefined) throw new FacematchError('not-found', 'There is no such photo any more.');
      const picture = await show(photo, caller, signal);
      await note(caller, 'comparison.photo', id, { photo: known });
      return picture;
    },

    async geometry(id, caller, signal) {
      await requireVisible(id, caller);
      const [probe, newest, older] = await Promise.all(
        photoNames.map(async (name) => locate(await kept(id, name), { signal, party: partyOf(caller) })),
      );
      await note(caller, 'comparison.geometry', id);
      return { probe: probe ?? null, newest: newest ?? null, older: older ?? null };
    },

    async ofDocument(id, caller, signal) {
      const { photo } = await store.documents.open(id);
      const picture = await show(photo, caller, signal);
      await note(caller, 'document.photo', id);
      return picture;
    },
  };
}

const tenth = (value: number): number => Math.round(value * 10) / 10;
