import type { Tone } from './alternative.js';

/** Share of the pixels that a contrast stretch lets saturate at either end. */
const saturated = 0.01;
/** Mean luma that gamma correction aims at. */
const middle = 118;

type Curve = (value: number) => number;

/** Changes an RGB chip in place. */
export function retone(chip: Uint8Array, tone: Tone): void {
  const lumas = Uint8Array.from({ length: chip.length / 3 }, (_, i) => lumaAt(chip, 3 * i));
  if (tone === 'grey') {
    lumas.forEach((luma, i) => {
      chip.fill(luma, 3 * i, 3 * i + 3);
    });
    return;
  }
  // All three before the first is applied: a channel's curve may depend on the others.
  const curvesOfChannels = [0, 1, 2].map((channel) => curves[tone](chip, channel, lumas));
  curvesOfChannels.forEach((of, channel) => {
    recurve(chip, channel, of);
  });
}

/** For each tone the curve of one channel. */
const curves: Readonly<
  Record<Exclude<Tone, 'grey'>, (chip: Uint8Array, channel: number, lumas: Uint8Array) => Curve>
> = {
  /** Each channel's mean becomes the mean of all. */
  'grey-world': (chip, channel) => {
    const [own, all] = [meanOf(channelOf(chip, channel)), meanOf(chip)];
    return (value) => (value * all) / Math.max(1, own);
  },
  'white-balance': (chip, channel) => stretch(histogramOf(channelOf(chip, channel))),
  stretched: (_chip, _channel, lumas) => stretch(histogramOf(lumas)),
  equalised: (_chip, _channel, lumas) => equalise(histogramOf(lumas)),
  gamma: (_chip, _channel, lumas) => {
    const mean = Math.min(254, Math.max(1, meanOf(lumas)));
    const exponent = Math.log(middle / 255) / Math.log(mean / 255);
    return (value) => 255 * (value / 255) ** exponent;
  },
};

function recurve(chip: Uint8Array, channel: number, of: Curve): void {
  const table = Uint8Array.from({ length: 256 }, (_, value) =>
    Math.min(255, Math.max(0, Math.round(of(value)))),
  );
  for (let i = channel; i < chip.length; i += 3) chip[i] = table[chip[i] as number] as number;
}

function stretch(histogram: readonly number[]): Curve {
  const low = quantile(histogram, saturated);
  const high = quantile(histogram, 1 - saturated);
  return high > low ? (value) => (255 * (value - low)) / (high - low) : (value) => value;
}

function equalise(histogram: readonly number[]): Curve {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  let below = 0;
  const share = histogram.map((count) => {
    below += count;
    return (below - count / 2) / total;
  });
  return (value) => 255 * (share[value] as number);
}

function quantile(histogram: readonly number[], share: number): number {
  const wanted = share * histogram.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [value, count] of histogram.entries()) {
    below += count;
    if (below >= wanted) return value;
  }
  return 255;
}

function histogramOf(values: Uint8Array): number[] {
  const histogram: number[] = new Array(256).fill(0);
  for (const value of values) histogram[value] = (histogram[value] as number) + 1;
  return histogram;
}

function channelOf(chip: Uint8Array, channel: number): Uint8Array {
  return chip.filter((_, i) => i % 3 === channel);
}

function meanOf(values: Uint8Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** ITU-R BT.601. */
function lumaAt(chip: Uint8Array, at: number): number {
  const [r = 0, g = 0, b = 0] = chip.subarray(at, at + 3);
  return Math.round(0.299 * r + 0.587 * g + 0.114 * b);
}
