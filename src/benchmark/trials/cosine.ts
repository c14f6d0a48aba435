import { median, rounded } from '../statistics.js';
import type { Trial } from '../trial.js';

const width = 512;

/** One probe against many embeddings held in memory, exact. */
export const cosineTrial: Trial = {
  name: 'cosine',
  what: 'one probe against n embeddings of 512 numbers: milliseconds',
  async run({ quick }, progress) {
    const counts = quick ? [2, 1000, 100_000] : [2, 1000, 100_000, 1_000_000];
    const rowsRead = quick ? 600_000 : 2_000_000;
    const largest = counts[counts.length - 1] as number;
    const floats = new Float32Array(largest * width);
    const bytes = new Int8Array(largest * width);
    // Values do not matter to the time, only that they are no denormals and differ.
    for (let i = 0; i < floats.length; i++) {
      const value = (((i * 2654435761) >>> 8) % 255) - 127;
      floats[i] = value / 2500;
      bytes[i] = value;
    }
    const rows = counts.map((count, i) => {
      const repetitions = Math.max(3, Math.min(2000, Math.floor(rowsRead / count)));
      const time = (scan: (count: number) => number): number => {
        scan(count);
        const samples = Array.from({ length: repetitions }, () => {
          const started = performance.now();
          scan(count);
          return performance.now() - started;
        });
        return rounded(median(samples));
      };
      const row = {
        name: String(count),
        values: {
          'float32 ms': time((n) => scanFloats(floats, n)),
          'int8 ms': time((n) => scanBytes(bytes, n)),
        },
      };
      progress(i + 1, counts.length);
      return row;
    });
    return {
      rows,
      notes: ['Plain typed-array loops on one thread; the first row of the data is the probe.'],
    };
  },
};

function scanFloats(data: Float32Array, count: number): number {
  let best = -Infinity;
  for (let row = 0, at = 0; row < count; row++) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let k = 0; k < width; k += 4, at += 4) {
      a += (data[k] as number) * (data[at] as number);
      b += (data[k + 1] as number) * (data[at + 1] as number);
      c += (data[k + 2] as number) * (data[at + 2] as number);
      d += (data[k + 3] as number) * (data[at + 3] as number);
    }
    best = Math.max(best, a + b + c + d);
  }
  return best;
}

function scanBytes(data: Int8Array, count: number): number {
  let best = -Infinity;
  for (let row = 0, at = 0; row < count; row++) {
    let a = 0;
    let b = 0;
    for (let k = 0; k < width; k += 2, at += 2) {
      a = (a + Math.imul(data[k] as number, data[at] as number)) | 0;
      b = (b + Math.imul(data[k + 1] as number, data[at + 1] as number)) | 0;
    }
    best = Math.max(best, a + b);
  }
  return best;
}
