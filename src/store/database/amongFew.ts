import { type Expression, type Kysely, PostgresAdapter, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Schema } from '../schema.js';

/**
 * Whether a column's value is among the few that a query gives. PostgreSQL finds those first and then looks each up in
 * the column's index: as a join it would read a table whole for them while it has not counted its rows, as after a copy
 * or a restore.
 */
export function amongFew(
  db: Kysely<Schema>,
  column: Expression<unknown>,
  few: Expression<unknown>,
): RawBuilder<SqlBool> {
  return db.getExecutor().adapter instanceof PostgresAdapter
    ? sql`${column} = any(array${few})`
    : sql`${column} in ${few}`;
}
