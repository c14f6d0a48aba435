import Database from 'better-sqlite3';
import { storeFailure } from './failures.js';
import { createPrivate } from './files.js';

/**
 * A consistent copy of a database that may be in use, through a connection of its own that only reads: writers go on.
 * Deleted content is not in it.
 *
 * @param target a file that does not exist, or an empty one.
 * @throws FacematchError `store-unavailable`, `storage-full`
 */
export function copyDatabase(source: string, target: string): void {
  let db: Database.Database | undefined;
  try {
    db = new Database(source, { readonly: true, fileMustExist: true, timeout: 5000 });
    db.pragma('trusted_schema = OFF');
    createPrivate(target);
    db.prepare('vacuum into ?').run(target);
  } catch (error) {
    throw storeFailure(error);
  } finally {
    db?.close();
  }
}
