import type { MemoryVerdict } from '../memory.js';
import { memoryTable, type Tally, tableOf } from '../report.js';

export interface ApiReport {
  readonly requests: number;
  /** Answers to each operation, by status. */
  readonly operations: readonly { readonly id: string; readonly answers: Tally }[];
  /** What was wrong with the requests. */
  readonly faults: Tally;
  /** By status and type of problem. */
  readonly answers: Tally;
  readonly memory: readonly MemoryVerdict[];
}

export function apiReport({ requests, operations, faults, answers, memory }: ApiReport): string {
  const never = unansweredWell(operations);
  return [
    `Routes: ${requests} requests to ${operations.length} operations.`,
    never.length === 0
      ? 'Every operation did its work at least once.'
      : `Never did its work: ${never.join(', ')}.`,
    tableOf(
      ['operation', 'requests', 'answers'],
      operations.map(({ id, answers: tally }) => [id, tally.total, listOf(tally)]),
    ),
    tableOf(['answer', 'times'], answers.entries),
    tableOf(['fault of the request', 'times'], faults.entries),
    memoryTable(memory),
  ].join('\n');
}

/** Operations that were refused whatever was sent: what is behind their checks was not reached. */
export const unansweredWell = (operations: ApiReport['operations']): string[] =>
  operations
    .filter(({ answers }) => !answers.entries.some(([status]) => status.startsWith('2')))
    .map(({ id }) => id);

const listOf = (tally: Tally): string => tally.entries.map(([name, count]) => `${name}: ${count}`).join(', ');
