import Table from 'cli-table3';
import type { Findings } from './findings.js';
import type { MemoryVerdict } from './memory.js';

/** Counts by a name, such as tries by mutation. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string, times = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  get entries(): [name: string, count: number][] {
    return [...this.#counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }
}

export function tableOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  for (const row of rows) table.push(row.map(String));
  return table.toString();
}

export function findingsTable(findings: Findings): string {
  if (findings.all.length === 0) return 'Nothing was found.';
  return findings.all
    .map(({ where, what, example, times, file }) =>
      [
        `${where}: ${what} (${times} times)`,
        `  ${example.slice(0, 600)}`,
        ...(file ? [`  input: ${file}`] : []),
      ].join('\n'),
    )
    .join('\n');
}

export function memoryTable(verdicts: readonly MemoryVerdict[]): string {
  const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  return tableOf(
    ['resident memory', 'middle third, MB', 'last third, MB', 'slope, kB a round'],
    verdicts.map(({ name, before, after, slope }) => [
      name,
      megabytes(before),
      megabytes(after),
      (slope / 1024).toFixed(1),
    ]),
  );
}
