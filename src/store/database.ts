import type { Kysely, Transaction } from 'kysely';
import type { LookupKey } from './crypto/keys.js';
import { together } from './database/together.js';
import type { Statement } from './prepared.js';
import type { RecordReader } from './recordReader.js';
import type { Schema } from './schema.js';

/**
 * The database of records, whichever engine keeps it: durable commits, translated errors (`store-unavailable`,
 * `storage-full`). What differs between engines is behind this interface alone.
 */
export interface RecordDatabase extends RecordReader {
  read<T>(query: (db: Kysely<Schema>) => Promise<T>): Promise<T>;

  /**
   * All or nothing; durable when it resolves. The work may be begun again from its start, so it changes nothing but
   * the database.
   *
   * @param subjects keyed hashes (8 bytes or more) of everything the work looks up and then adds rows by. Works that
   * name theirs may run beside others that have none of them; a work without runs while nobody else writes, in any
   * process, so that what it read still holds when it commits.
   */
  write<T>(work: (trx: Transaction<Schema>) => Promise<T>, subjects?: readonly Uint8Array[]): Promise<T>;

  /** Replaces every look-up hash by its next one. @throws FacematchError `store-unavailable`, `storage-full` */
  rotateLookup(key: LookupKey): Promise<void>;

  /**
   * Leaves deleted content no place in the files of the database, as far as the engine can.
   *
   * @returns false when somebody who reads an older state kept it from that.
   */
  checkpoint(): Promise<boolean>;

  /** Says, once this transaction commits, that something changed which processes remember. */
  announce(trx: Transaction<Schema>): Promise<void>;

  /**
   * Calls the listener after what other processes announce. One that must not miss it for good also asks from time to
   * time: a connection may be down just then.
   *
   * @returns what ends it.
   */
  onAnnounced(listener: () => void): () => Promise<void>;

  /** The same database for work that takes long by its nature, such as a run of retention: it is not given up as what serves a request is. */
  readonly patient: RecordDatabase;

  /** Doing it again changes nothing. */
  close(): Promise<void>;
}

/** What it comes to is run when it resolves. */
export type Step = () => Promise<readonly Statement[]>;

const putOff = new WeakMap<Transaction<Schema>, Step[]>();

/**
 * A step on what every transaction changes, such as the end of the audit trail. Where transactions run beside one
 * another it waits for the end of this one, so that they wait for each other as shortly as possible; then its failure
 * is that of the transaction.
 */
export async function atEnd(trx: Transaction<Schema>, step: Step): Promise<void> {
  const steps = putOff.get(trx);
  if (steps === undefined) await together(trx, await step());
  else steps.push(step);
}

/** Makes {@link atEnd} collect the steps of this transaction, for whoever runs them. */
export function putOffSteps(trx: Transaction<Schema>): Step[] {
  const steps: Step[] = [];
  putOff.set(trx, steps);
  return steps;
}
