/** Maps a native value to 0 to 100. */
export type Scale = (value: number) => number;

const clamp = (score: number): number => Math.min(100, Math.max(0, score));
const sigmoid = (value: number, centre: number, width: number): number =>
  1 / (1 + Math.exp((centre - value) / width));

/** Higher is better: 50 at the centre. */
export const rising =
  (centre: number, width: number): Scale =>
  (value) =>
    clamp(100 * sigmoid(value, centre, width));

/** Lower is better: `height · (from - sigmoid)`, OFIQ's inverse sigmoid. */
export const falling =
  (centre: number, width: number, height = 100, from = 1): Scale =>
  (value) =>
    clamp(height * (from - sigmoid(value, centre, width)));

/** 100 at the optimum, less on both sides of it. */
export const near =
  (optimum: number, width: number): Scale =>
  (value) =>
    clamp(200 * (1 - sigmoid(Math.abs(value - optimum), 0, width)));

/** @param value degrees */
export const cosineSquared: Scale = (value) =>
  Math.abs(value) >= 90 ? 0 : 100 * Math.cos((value * Math.PI) / 180) ** 2;

export const power =
  (exponent: number): Scale =>
  (value) =>
    clamp(100 * Math.max(0, value) ** exponent);

export const straight =
  (slope: number, start = 0): Scale =>
  (value) =>
    clamp(start + slope * value);

/** OFIQ's scale of over-exposure: a hundredth of the face burnt out halves it. */
export const over: Scale = (share) => clamp(1 / (share + 0.01));
