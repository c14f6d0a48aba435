import { existsSync, realpathSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { FacematchError } from '../errors.js';
import { createPrivate, isPrivate } from './files.js';

/** Two copies attached to one connection: a commit reaches both or, through SQLite's super-journal, none. */
export const copies = ['main', 'mirror'] as const;
export type Copy = (typeof copies)[number];

/** Two files, best on two disks. */
export type PairOfPaths = readonly [string, string];

/** Opens both files and holds their locks until the process ends: there is one writer, and a second is told so at once. */
export function connectPair(paths: PairOfPaths): Database.Database {
  const db = new Database(paths[0], { fileMustExist: true, timeout: 50 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('trusted_schema = OFF');
    db.prepare('attach database ? as mirror').run(paths[1]);
    db.transaction(() => undefined).exclusive();
    for (const copy of copies) {
      // Not WAL: with it a commit over two files is atomic for each file alone.
      db.pragma(`${copy}.journal_mode = TRUNCATE`);
      db.pragma(`${copy}.synchronous = FULL`);
      db.pragma(`${copy}.secure_delete = ON`);
      db.pragma(`${copy}.cell_size_check = ON`);
    }
    db.pragma('foreign_keys = ON');
    db.pragma('temp_store = MEMORY');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Checks both files before SQLite touches them, as it would write a first page into an empty one.
 *
 * @param create whether missing files are made.
 * @throws what `refuse` makes of a missing, empty, shared or openly readable file.
 */
export function requireFiles(
  paths: PairOfPaths,
  create: boolean,
  refuse: (message: string, facts: Record<string, string>) => FacematchError,
): void {
  for (const file of paths) {
    if (create) createPrivate(file);
    else if (!existsSync(file) || statSync(file).size === 0) {
      throw refuse('is missing or empty; restore it, for instance from its copy.', { file });
    }
  }
  if (realpathSync(paths[0]) === realpathSync(paths[1])) {
    throw refuse('is named twice: the two paths lead to one file.', { file: paths[0] });
  }
  for (const file of paths) {
    if (!isPrivate(file)) throw refuse('must be readable by its owner alone (mode 0600).', { file });
  }
}

/** Statements that say `$copy` run in both files. */
export class PairedStatements {
  readonly #db: Database.Database;
  readonly #prepared = new Map<string, Database.Statement<unknown[]>>();

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** Prepared once, as destruction runs each of them a thousand times over. */
  one<Row>(copy: Copy, sql: string): Database.Statement<unknown[], Row> {
    const text = sql.replaceAll('$copy', copy);
    let statement = this.#prepared.get(text);
    if (statement === undefined) {
      statement = this.#db.prepare<unknown[]>(text);
      this.#prepared.set(text, statement);
    }
    return statement as Database.Statement<unknown[], Row>;
  }

  both(sql: string, ...values: readonly unknown[]): void {
    for (const copy of copies) this.one(copy, sql).run(...values);
  }
}

/** A copy of one of the files as it is now, complete and readable by its owner alone. */
export function copyInto(db: Database.Database, path: string): void {
  if (existsSync(path))
    throw new FacematchError('input-invalid', 'The copy would replace a file.', { file: path });
  createPrivate(path);
  db.prepare('vacuum main into ?').run(path);
}
