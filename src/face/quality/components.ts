import { cosineSquared, falling, near, over, power, rising, straight } from './scales.js';

/** A quality component, by its name in ISO/IEC 29794-5 and its reference implementation OFIQ. */
export interface Component {
  /** Of the native value. */
  readonly unit: string;
  /** What the native value must be for a passport photo, both ends included. */
  readonly limit: { readonly least?: number; readonly most?: number };
  /** 0 to 100, higher is better. */
  readonly score: (value: number) => number;
}

const degrees = (most: number): Component => ({
  unit: 'degrees',
  limit: { least: -most, most },
  score: cosineSquared,
});
const eyeDistances: Component = { unit: 'eye distances', limit: { least: 0.9 }, score: rising(0.9, 0.1) };

/**
 * Scores are OFIQ's (`data/ofiq_config.jaxn` and its measures), except where the line says otherwise. Limits are those
 * of ICAO Doc 9303-3 and ISO/IEC 39794-5 where these name a number; `docs/quality.md` gives the source of each.
 */
export const components = {
  InterEyeDistance: { unit: 'pixels', limit: { least: 90 }, score: rising(70, 20) },
  HeadSize: {
    unit: 'eyes to chin over photo height',
    limit: { least: 0.28, most: 0.47 },
    score: near(0.45, 0.05),
  },
  LeftwardCropOfTheFaceImage: eyeDistances,
  RightwardCropOfTheFaceImage: eyeDistances,
  MarginAboveOfTheFaceImage: {
    unit: 'lengths from eyes to chin',
    limit: { least: 1.15 },
    score: rising(1.4, 0.1),
  },
  MarginBelowOfTheFaceImage: {
    unit: 'lengths from eyes to chin',
    limit: { least: 1.2 },
    score: rising(1.8, 0.1),
  },
  // The standard's 5° and 7° for the error of the estimate; the roll is surer, and keeps its 8°.
  HeadPoseYaw: degrees(12),
  HeadPosePitch: degrees(12),
  HeadPoseRoll: degrees(8),
  // Own measure and scale: OFIQ has a random forest. The limit is where misses begin to rise (docs/quality.md).
  Sharpness: { unit: 'share of detail', limit: { least: 0.3 }, score: rising(0.3, 0.04) },
  UnderExposurePrevention: {
    unit: 'share of the face',
    limit: { most: 0.9 },
    score: falling(0.92, 0.05, 120, 0.832),
  },
  OverExposurePrevention: { unit: 'share of the face', limit: { most: 0.03 }, score: over },
  DynamicRange: { unit: 'bits', limit: { least: 5 }, score: straight(12.5) },
  IlluminationUniformity: { unit: 'share in common', limit: { least: 0.15 }, score: power(0.3) },
  BackgroundUniformity: { unit: 'grey levels a step', limit: { most: 25 }, score: falling(10, 100, 190) },
  NaturalColour: { unit: 'CIELAB units from skin', limit: { most: 10 }, score: falling(0, 10, 200) },
  EyesOpen: { unit: 'opening over eyes to chin', limit: { least: 0.035 }, score: rising(0.02, 0.01) },
  MouthClosed: { unit: 'opening over eyes to chin', limit: { most: 0.12 }, score: falling(0.2, 0.06) },
  SingleFacePresent: { unit: 'size of the next face', limit: { most: 0.5 }, score: straight(-100, 100) },
  // Own measure and scale: OFIQ has a network.
  CompressionArtifacts: { unit: 'steps at block edges', limit: { most: 1 }, score: falling(1, 0.2) },
} as const satisfies Readonly<Record<string, Component>>;

export type ComponentName = keyof typeof components;
export const componentNames = Object.keys(components) as ComponentName[];
