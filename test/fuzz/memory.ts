import { readFileSync } from 'node:fs';
import { figuresOf } from '../../src/benchmark/processes.js';

/** Growth that an allocator's habits and caches that fill explain; bytes, and share of what it was. */
const allowance = { bytes: 48 * 2 ** 20, share: 0.15 };

export interface MemoryVerdict {
  readonly name: string;
  /** Medians of the middle and of the last third of the run; the first one warms up. Bytes. */
  readonly before: number;
  readonly after: number;
  /** Bytes a sample, by least squares over the last two thirds. */
  readonly slope: number;
  readonly grew: boolean;
}

/** Resident memory of some processes through a run. */
export class MemoryWatch {
  readonly #samples: number[] = [];

  constructor(
    private readonly name: string,
    private readonly pids: () => readonly number[],
  ) {}

  sample(): void {
    const resident = this.pids().flatMap((pid) => figuresOf(pid)?.residentBytes ?? []);
    if (resident.length > 0) this.#samples.push(resident.reduce((sum, bytes) => sum + bytes, 0));
  }

  /** Undefined where there is too little to judge by. */
  verdict(): MemoryVerdict | undefined {
    const third = Math.floor(this.#samples.length / 3);
    if (third < 2) return undefined;
    const before = medianOf(this.#samples.slice(third, 2 * third));
    const after = medianOf(this.#samples.slice(2 * third));
    const grew = after > before * (1 + allowance.share) + allowance.bytes;
    return { name: this.name, before, after, slope: slopeOf(this.#samples.slice(third)), grew };
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const top = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0);
  const bottom = values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return bottom === 0 ? 0 : top / bottom;
}

/** Process ids; empty where the process is gone (proc_pid_task(5)). */
export function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return [];
  }
}
