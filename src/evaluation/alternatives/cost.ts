import { median } from '../../benchmark/statistics.js';
import type { RgbImage } from '../../face/types.js';
import type { Alternative } from './alternative.js';
import { type AlternativeParts, embedBy } from './reader.js';

export interface Cost {
  /** Processor time from the bytes of a photo to its embedding, quality not measured; median over the photos. */
  readonly milliseconds: number;
  /** Against the pipeline on the same photo; median over the photos. */
  readonly ratio: number;
}

/**
 * What each alternative takes on one thread, its detection included. All take turns on each photo, so that whatever else
 * the machine does falls on all of them; processor time, so that waiting for a turn does not count.
 * @param decode of one photo: a fresh copy each time, so that nothing of an earlier turn is known of it
 */
export async function costs(
  parts: AlternativeParts,
  alternatives: readonly Alternative[],
  photos: readonly (() => Promise<RgbImage>)[],
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Cost[]> {
  const taken = alternatives.map((): { all: number; ratio: number }[] => []);
  for (const alternative of alternatives)
    await embedBy(parts, alternative, await (photos[0] as () => Promise<RgbImage>)());
  for (const [turn, decode] of photos.entries()) {
    const decoding = process.cpuUsage();
    const photo = await decode();
    const decoded = since(decoding);
    const times: number[] = new Array(alternatives.length);
    for (let step = 0; step < alternatives.length; step++) {
      const which = (step + turn) % alternatives.length;
      const started = process.cpuUsage();
      await embedBy(parts, alternatives[which] as Alternative, { ...photo });
      times[which] = decoded + since(started);
    }
    times.forEach((time, i) => {
      taken[i]?.push({ all: time, ratio: time / (times[0] as number) });
    });
    onProgress(turn + 1, photos.length);
  }
  return taken.map((samples) => ({
    milliseconds: median(samples.map(({ all }) => all)),
    ratio: median(samples.map(({ ratio }) => ratio)),
  }));
}

/** Milliseconds of processor time since then. */
function since(then: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(then);
  return (user + system) / 1000;
}
