import { type Tally, tableOf } from '../report.js';

export interface RawReport {
  readonly exchanges: number;
  readonly kinds: Tally;
  /** Statuses of the answers on one connection, in their order. */
  readonly statuses: Tally;
}

export const rawReport = ({ exchanges, kinds, statuses }: RawReport): string =>
  [
    `Raw HTTP: ${exchanges} connections.`,
    tableOf(['statuses on one connection', 'times'], statuses.entries),
    tableOf(['what was sent', 'times'], kinds.entries),
  ].join('\n');
