import { createHash } from 'node:crypto';
import type { Month } from './month.js';
import { type Copy, copies, type PairedStatements } from './pairedFiles.js';

/** How many keys a month has, and the exclusive or of a SHA-256 of each: equal for equal sets, in any order. */
export interface Tally {
  readonly keys: number;
  /** 32 bytes. Against accidents, not against people: each key is authenticated when it is opened. */
  readonly digest: Uint8Array;
}

export interface WrappedKey {
  readonly key_id: string;
  readonly wrapped: Uint8Array;
}

export const emptyTally: Tally = { keys: 0, digest: new Uint8Array(32) };

/** The tally with keys added (`+1`) or taken away (`-1`); their order does not matter. */
export function tallied(tally: Tally, keys: Iterable<WrappedKey>, sign: 1 | -1): Tally {
  const digest = Uint8Array.from(tally.digest);
  let count = tally.keys;
  for (const { key_id, wrapped } of keys) {
    const hash = createHash('sha256').update(key_id).update('\0').update(wrapped).digest();
    for (let at = 0; at < digest.length; at++) digest[at] = (digest[at] ?? 0) ^ (hash[at] ?? 0);
    count += sign;
  }
  return { keys: count, digest };
}

export function sameTally(a: Tally, b: Tally): boolean {
  return a.keys === b.keys && Buffer.compare(a.digest, b.digest) === 0;
}

/** What the file says of a month; undefined for a month it does not know. */
export function readTally(statements: PairedStatements, copy: Copy, month: string): Tally | undefined {
  const sql = 'select keys, digest from $copy.month_keys where month = ?';
  return statements.one<Tally>(copy, sql).get(month);
}

export function writeTally(statements: PairedStatements, copy: Copy, month: string, tally: Tally): void {
  const sql = 'update $copy.month_keys set keys = ?, digest = ? where month = ?';
  statements.one(copy, sql).run(tally.keys, tally.digest, month);
}

/** Counts what the file really holds for a month: one pass over its keys. */
export function countTally(statements: PairedStatements, copy: Copy, month: string): Tally {
  const rows = statements
    .one<WrappedKey>(copy, 'select key_id, wrapped from $copy.data_keys where month = ?')
    .iterate(month);
  return tallied(emptyTally, rows, 1);
}

/** Files from before the tallies get them once. */
export function completeTallies(statements: PairedStatements): void {
  for (const copy of copies) {
    const months = statements
      .one<{ month: Month }>(copy, 'select month from $copy.month_keys where digest is null')
      .all();
    for (const { month } of months) writeTally(statements, copy, month, countTally(statements, copy, month));
  }
}
