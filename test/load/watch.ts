import type { ServedProcess } from '../../src/benchmark/servedProcess.js';

export interface MemorySample {
  /** Since the watch began. */
  readonly seconds: number;
  /** Resident, of the service and its children together. */
  readonly megabytes: number;
}

export interface MemoryWatch {
  readonly samples: readonly MemorySample[];
  stop(): void;
}

export function watchMemory(served: ServedProcess, everyMs = 1000): MemoryWatch {
  const samples: MemorySample[] = [];
  const started = performance.now();
  const look = (): void => {
    const figures = served.figures();
    if (figures === undefined) return;
    samples.push({
      seconds: (performance.now() - started) / 1000,
      megabytes: (figures.residentBytes + figures.childrenResidentBytes) / 2 ** 20,
    });
  };
  look();
  const timer = setInterval(look, everyMs);
  return { samples, stop: () => clearInterval(timer) };
}

/** Of the line that fits best (least squares), in units of y for each unit of x; 0 for fewer than two points. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  const along = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return spread === 0 || points.length < 2 ? 0 : along / spread;
}
