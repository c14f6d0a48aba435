import type Database from 'better-sqlite3';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** More different statements than the store has; look-ups by lists of several lengths add some. */
const mostStatements = 500;

/** Compiles each SQL text once: compiling cost as much as all reading of a comparison together. */
export class StatementCache implements SqliteDatabase {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(db: Database.Database) {
    this.#db = db;
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const [oldest] = this.#statements.keys();
    if (this.#statements.size >= mostStatements && oldest !== undefined) this.#statements.delete(oldest);
    const statement = this.#db.prepare(sql) as SqliteStatement;
    this.#statements.set(sql, statement);
    return statement;
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }
}
