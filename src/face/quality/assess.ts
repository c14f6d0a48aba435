import { type Component, type ComponentName, componentNames, components } from './components.js';
import { measure, type NativeValues, type QualitySubject } from './measure.js';
import { rising } from './scales.js';

/** What one component came to; both undefined where the photo does not show it (such as a background). */
export interface ComponentQuality {
  /** Native value, in the unit that `components.ts` gives. */
  readonly value: number | undefined;
  /** 0 to 100, a whole number, higher is better. */
  readonly score: number | undefined;
}

export interface PhotoQuality {
  /**
   * How well the photo serves recognition, 0 to 100, a whole number, higher is better; undefined where the embedder's
   * card says nothing on how to tell.
   */
  readonly unified: number | undefined;
  readonly components: Readonly<Record<ComponentName, ComponentQuality>>;
}

/** From a card: at which length an embedding, before it is normalised, is worth 50, and how steeply that changes. */
export interface EmbeddingLengthScale {
  readonly centre: number;
  readonly width: number;
}

/**
 * Under it a photo is among the poorest twentieth of Labeled Faces in the Wild, which have a part in half of all misses
 * at a false match rate of 1 in 10,000 (docs/accuracy.md).
 */
export const unifiedLimit = 50;

/**
 * The unified score is the length of the embedding before it is normalised, which networks trained with a margin make
 * shorter the less there is to recognise; OFIQ's is the same length of another network (MagFace: Meng et al., CVPR 2021).
 * @param length undefined where nothing was embedded
 */
export function assessQuality(
  subject: QualitySubject,
  length: number,
  scale: EmbeddingLengthScale | undefined,
): PhotoQuality {
  return {
    unified: scale && Math.round(rising(scale.centre, scale.width)(length)),
    components: scored(measure(subject)),
  };
}

function scored(values: NativeValues): PhotoQuality['components'] {
  const entries = componentNames.map((name): [ComponentName, ComponentQuality] => {
    const value = values[name];
    const known = value !== undefined && Number.isFinite(value);
    return [name, known ? { value, score: Math.round(components[name].score(value)) } : unknown];
  });
  return Object.fromEntries(entries) as PhotoQuality['components'];
}

const unknown: ComponentQuality = { value: undefined, score: undefined };

/** The quality of a photo of which a smaller picture was measured: `factor` pixels of the photo to one of the picture. */
export function enlarged({ unified, components: found }: PhotoQuality, factor: number): PhotoQuality {
  const value = (found.InterEyeDistance.value ?? 0) * factor;
  const score = Math.round(components.InterEyeDistance.score(value));
  return { unified, components: { ...found, InterEyeDistance: { value, score } } };
}

/** Names of the components that lie outside their limit, in the order of the table. */
export function outsideLimits({ components: found }: Pick<PhotoQuality, 'components'>): ComponentName[] {
  return componentNames.filter((name) => !within(components[name], found[name].value));
}

export function within({ limit }: Component, value: number | undefined): boolean {
  if (value === undefined) return true;
  return (
    value >= (limit.least ?? Number.NEGATIVE_INFINITY) && value <= (limit.most ?? Number.POSITIVE_INFINITY)
  );
}
