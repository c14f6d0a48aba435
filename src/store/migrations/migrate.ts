import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { FacematchError } from '../../errors.js';
import { beyondAdding, isAdditive } from './additive.js';

/** One step of a schema. Once released its text never changes: `sha256` pins it. */
export interface Migration {
  /** Sorts by age, for example `0001-records`, or `0012+photo-source` for a step that only adds ({@link isAdditive}). */
  readonly id: string;
  /** `$schema` stands for the database's schema name, where one connection holds several. */
  readonly sql: string;
  /** SHA-256 of `sql` in hexadecimal. */
  readonly sha256: string;
}

/** A step as a database remembers it. */
export interface Applied {
  readonly position: number;
  readonly id: string;
  readonly sha256: string;
}

/**
 * Brings a database's schema up to date, all steps in one immediate transaction: after a crash either all of
 * them are there or none.
 *
 * @param schemas the attached databases to migrate alike.
 * @throws FacematchError `migration-refused` when a step was edited, removed, reordered or inserted before an
 * applied one, when the database is newer than this program in more than additions, or when it is not a database of this service.
 */
export function migrate(
  db: Database.Database,
  migrations: readonly Migration[],
  now: Date,
  schemas: readonly string[] = ['main'],
): void {
  requirePinned(migrations);
  const run = db.transaction(() => {
    for (const schema of schemas) migrateSchema(db, migrations, now, schema);
  });
  run.immediate();
}

/** Whether the schema holds any table at all. */
export function isBlank(db: Database.Database, schema = 'main'): boolean {
  return db.prepare(`select count(*) from ${schema}.sqlite_schema`).pluck().get() === 0;
}

function migrateSchema(
  db: Database.Database,
  migrations: readonly Migration[],
  now: Date,
  schema: string,
): void {
  if (isBlank(db, schema)) {
    db.exec(
      `create table ${schema}.migrations (position integer primary key, id text not null unique, sha256 text not null, applied_at text not null) strict`,
    );
  }
  const applied = appliedTo(db, schema);
  requireContinuation(migrations, applied);
  const record = db.prepare(
    `insert into ${schema}.migrations (position, id, sha256, applied_at) values (?, ?, ?, ?)`,
  );
  for (const [position, migration] of migrations.entries()) {
    if (position < applied.length) continue;
    db.exec(migration.sql.replaceAll('$schema', schema));
    record.run(position, migration.id, migration.sha256, now.toISOString());
  }
}

function appliedTo(db: Database.Database, schema: string): Applied[] {
  const known = db
    .prepare<[], { n: number }>(
      `select count(*) as n from ${schema}.sqlite_schema where type = 'table' and name = 'migrations'`,
    )
    .get();
  if (known?.n !== 1) throw refused('The file is not a database of this service.', {});
  return db
    .prepare<[], Applied>(`select position, id, sha256 from ${schema}.migrations order by position`)
    .all();
}

export function requirePinned(migrations: readonly Migration[]): void {
  let previous = '';
  for (const { id, sql, sha256 } of migrations) {
    if (id <= previous) throw refused('The migrations of this program are out of order.', { migration: id });
    if (createHash('sha256').update(sql).digest('hex') !== sha256) {
      throw refused('A migration of this program does not match its pinned hash.', { migration: id });
    }
    if (isAdditive(id) && beyondAdding(sql).length > 0) {
      throw refused('A migration that says it only adds does more.', { migration: id });
    }
    previous = id;
  }
}

export function requireContinuation(migrations: readonly Migration[], applied: readonly Applied[]): void {
  for (const [index, step] of applied.entries()) {
    const known = migrations[index];
    if (step.position !== index) {
      throw refused('The database has a gap in its applied migrations.', { migration: step.id });
    }
    // What a later version added, this one works beside.
    if (known === undefined && isAdditive(step.id)) continue;
    if (known === undefined) {
      throw refused('The database was written by a newer version of this program.', { migration: step.id });
    }
    if (known.id !== step.id) {
      throw refused('An applied migration is missing from this program, or a new one sorts before it.', {
        migration: step.id,
      });
    }
    if (known.sha256 !== step.sha256) {
      throw refused('An applied migration was edited.', { migration: step.id });
    }
  }
}

export function refused(message: string, facts: Record<string, string>): FacematchError {
  return new FacematchError('migration-refused', message, facts);
}
