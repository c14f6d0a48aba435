import type { Clock } from '../../clock.js';
import type { RecordDatabase } from '../database.js';
import { type Exclusive, ExclusiveInProcess } from './exclusive.js';
import { PostgresDatabase } from './postgres.js';
import { PostgresExclusive } from './postgresExclusive.js';
import { SqliteDatabase } from './sqlite.js';

/** Where the records are: a file, or a PostgreSQL database, which takes the file's place. */
export interface DatabasePlace {
  readonly databasePath: string;
  /** `postgres://…` */
  readonly databaseUrl?: string | undefined;
  /** Connections to PostgreSQL at most; ten unless given. */
  readonly connections?: number | undefined;
  /** Milliseconds after which a query on PostgreSQL that serves a request is given up; none unless given. */
  readonly answerMs?: number | undefined;
  /** Memory for pages of the file, more than the default for whoever fills a store. */
  readonly cacheMegabytes?: number | undefined;
}

/**
 * Opens the database, or creates the file, and brings its schema up to date.
 *
 * @throws FacematchError `migration-refused`, `store-unavailable`, `storage-full`
 */
export async function openDatabase(place: DatabasePlace, clock: Clock): Promise<RecordDatabase> {
  const { databasePath, databaseUrl, connections, answerMs, cacheMegabytes } = place;
  return databaseUrl === undefined
    ? SqliteDatabase.open(databasePath, clock, cacheMegabytes)
    : PostgresDatabase.open({ url: databaseUrl, connections, answerMs }, clock);
}

/** What keeps the processes on the database from doing the same thing at a time. */
export function openExclusive({ databaseUrl }: DatabasePlace): Exclusive {
  return databaseUrl === undefined ? new ExclusiveInProcess() : new PostgresExclusive(databaseUrl);
}
