import pg from 'pg';
import { FacematchError, isFacematchError } from '../../errors.js';

/** A transaction that lost against another one, which the same transaction again may not. */
const lostRace = new Set(['40001', '40P01']);
/** A row that was not there when it was looked for: the same work again finds it. */
const uniqueViolation = '23505';
const diskFull = '53100';

/** What the driver says without a code of the database: the connection, the pool, the network. */
const connectionMessages =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout e|Cannot use a pool|driver has already been destroyed|The server does not support|Query read timeout|The transaction was rolled back)/;
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

/**
 * What an error of PostgreSQL or of the connection to it means to a caller: `storage-full`, else `store-unavailable`
 * with the SQLSTATE. The database's own words quote rows, so they are left out. Other errors pass unchanged.
 */
export function postgresFailure(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) {
    const sqlstate = error.code ?? 'unknown';
    const facts = { sqlstate, ...(error.constraint === undefined ? {} : { constraint: error.constraint }) };
    if (sqlstate === diskFull) {
      return new FacematchError('storage-full', 'The disk of the database is full.', facts);
    }
    return new FacematchError('store-unavailable', 'The store cannot be used right now.', facts);
  }
  if (!isConnectionFailure(error)) return error;
  const code = codeOf(error) ?? 'connection';
  return new FacematchError('store-unavailable', 'The database cannot be reached.', { connection: code });
}

/** Runs one operation on PostgreSQL and translates what goes wrong. */
export async function guardedPostgres<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw postgresFailure(error);
  }
}

export const isLostRace = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && lostRace.has(error.code ?? '');

/** A statement was planned before its table got another column, as a newer version of the program adds them. */
export const isStalePlan = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery';

export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === uniqueViolation;

/**
 * What a work ran into by what it read or wrote, or because another one of its transaction did: a refusal, a row that
 * must not be there or must. Not the database or the way to it, nor a race that it lost.
 */
export function isFailedWork(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(23|25P02)/.test(error.code ?? '');
  if (isFacematchError(error, 'store-unavailable') || isFacematchError(error, 'storage-full')) return false;
  return !isConnectionFailure(error);
}

/** A connection that was cut, by the server or on the way; one that was never made or waited for too long is another matter. */
export function isDeadConnection(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^57P0[125]/.test(error.code ?? '');
  if (!isConnectionFailure(error)) return false;
  return /^(Connection terminated|Client)/.test((error as Error).message) || codeOf(error) === 'ECONNRESET';
}

function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return connectionMessages.test(error.message) || networkCodes.has(codeOf(error) ?? '');
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}
