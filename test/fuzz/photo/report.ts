import type { MemoryVerdict } from '../memory.js';
import { memoryTable, type Tally, tableOf } from '../report.js';

export interface PhotoReport {
  readonly cases: number;
  readonly seeds: number;
  readonly corpus: number;
  /** Different things that happened. */
  readonly behaviours: number;
  readonly mutations: Tally;
  /** Of photos that went to the decoder processes directly. */
  readonly outcomes: Tally;
  /** Of photos that went through a route. */
  readonly answers: Tally;
  /** Decoder processes that took another one's place. */
  readonly replaced: number;
  readonly memory: readonly MemoryVerdict[];
}

export function photoReport(report: PhotoReport): string {
  return [
    `Photo door: ${report.cases} photos, from ${report.seeds} that are whole; ${report.behaviours} behaviours told apart, ${report.corpus} photos kept to go on from; ${report.replaced} decoder processes replaced.`,
    tableOf(['outcome', 'photos'], report.outcomes.entries),
    tableOf(['over HTTP', 'photos'], report.answers.entries),
    tableOf(['mutation', 'times'], report.mutations.entries),
    memoryTable(report.memory),
  ].join('\n');
}
