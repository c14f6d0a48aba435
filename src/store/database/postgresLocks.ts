import { type RawBuilder, sql } from 'kysely';
import { heardLater } from './heardLater.js';

/**
 * Advisory locks, which live as long as their transaction. They belong to one database; the numbers are ours alone in
 * it. Always taken in this order, so that nobody waits for somebody who waits for them.
 */
const lock = {
  /** Whoever adds schema. */
  migrations: 7_226_410_000_001n,
  /** Held together by writers that say what they write by, alone by one that does not. */
  writers: 7_226_410_000_002n,
  /** The end of the audit trail and the figures beside it; last of all and until the commit. */
  trail: 7_226_410_000_003n,
} as const;

export const lockMigrations = (): RawBuilder<unknown> =>
  sql`select pg_advisory_xact_lock(${sql.lit(lock.migrations)})`;

export const lockTrail = (): RawBuilder<unknown> =>
  sql`${sql.raw(heardLater)}select pg_advisory_xact_lock(${sql.lit(lock.trail)})`;

/**
 * The writers' lock, and one for each subject. Of a subject eight bytes count: two that share them only wait for one
 * another. The setting is a durable commit's, should somebody have turned it off since the store was opened.
 */
export function lockWriters(subjects: readonly Uint8Array[] | undefined): RawBuilder<unknown> {
  const locks =
    subjects === undefined
      ? [sql`pg_advisory_xact_lock(${sql.lit(lock.writers)})`]
      : [
          sql`pg_advisory_xact_lock_shared(${sql.lit(lock.writers)})`,
          ...numbersOf(subjects).map((number) => sql`pg_advisory_xact_lock(${sql.lit(number)})`),
        ];
  return sql`select ${sql.join(locks)}, case when current_setting('synchronous_commit') = 'off'
    then set_config('synchronous_commit', 'on', true) end`;
}

/** In one order for everybody. */
function numbersOf(subjects: readonly Uint8Array[]): bigint[] {
  const numbers = subjects.map((subject) => Buffer.from(subject).readBigInt64BE(0));
  return [...new Set(numbers)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
