import type Database from 'better-sqlite3';
import { CompiledQuery, type DatabaseConnection, SqliteDialect, SqliteDriver } from 'kysely';
import { StatementCache } from './statementCache.js';

/** Kysely's SQLite dialect with transactions that take the write lock when they begin. */
export class StoreSqliteDialect extends SqliteDialect {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    super({ database: db });
    this.#db = db;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.#db);
  }
}

class ImmediateDriver extends SqliteDriver {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    super({ database: new StatementCache(db) });
    this.#db = db;
  }

  /** A deferred transaction that read first could fail half-way when another connection writes. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  /** SQLite rolls back by itself on a full disk; a second rollback would hide the first error. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#db.inTransaction) await super.rollbackTransaction(connection);
  }
}
