import Database from 'better-sqlite3';
import { FacematchError } from '../errors.js';

/**
 * What a database error means to a caller: `storage-full` when the disk is full, else `store-unavailable` (locked,
 * input/output error, damaged file, closed). Other errors pass unchanged.
 */
export function storeFailure(error: unknown): unknown {
  if (error instanceof Database.SqliteError) {
    if (error.code === 'SQLITE_FULL') {
      return new FacematchError(
        'storage-full',
        'The disk of the store is full.',
        { sqlite: error.code },
        { cause: error },
      );
    }
    return unavailable(error.code, error);
  }
  if (
    error instanceof Error &&
    /connection is not open|driver has already been destroyed/.test(error.message)
  ) {
    return unavailable('closed', error);
  }
  return error;
}

/** Runs one operation of the store and translates what goes wrong. */
export async function guarded<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw storeFailure(error);
  }
}

export function guardedSync<T>(operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw storeFailure(error);
  }
}

/** A row refers to another that was deleted between its look-up and the write. */
export const isReferenceGone = (error: unknown): boolean =>
  error instanceof FacematchError &&
  (error.facts['sqlite'] === 'SQLITE_CONSTRAINT_FOREIGNKEY' || error.facts['sqlstate'] === '23503');

/** Another connection holds the lock; trying again later may succeed. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function unavailable(sqlite: string, cause: Error): FacematchError {
  return new FacematchError(
    'store-unavailable',
    'The store cannot be used right now.',
    { sqlite },
    { cause },
  );
}
