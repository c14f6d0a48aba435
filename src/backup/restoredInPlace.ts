import { existsSync } from 'node:fs';
import { type ErrorCode, FacematchError, isFacematchError } from '../errors.js';
import { readHeads } from '../oversight/auditHeads.js';
import { verifyTrail } from '../oversight/auditVerification.js';
import { lookAtPostgres } from '../store/database/postgresLook.js';
import { openStore, type StoreOptions } from '../store/store.js';
import { type KeyCopies, placeKeyFiles, removeFiles } from './keyFiles.js';
import { noteRestore, type RestoreNote } from './noteRestore.js';

export interface RestoredInPlaceOptions extends KeyCopies, RestoreNote {
  readonly store: StoreOptions;
}

export interface RestoredInPlace {
  /** When the last entry of the trail was written that the copy has; the copy is at least as new. */
  readonly lastEntryAt: string;
  readonly destroyedAgain: number;
  readonly auditSeq: number;
}

/** What opening a store says before it changes anything. */
const unfit: ReadonlySet<ErrorCode> = new Set([
  'keyring-invalid',
  'ledger-invalid',
  'config-invalid',
  'migration-refused',
]);

/**
 * Takes over a database that PostgreSQL's own tools put back, before any service uses it: checks that it belongs to the
 * keyring and the ledger, destroys again what the ledger says was destroyed, adds a signed entry to its audit trail, and
 * checks that the trail with this entry explains every signed head that is kept elsewhere.
 *
 * @throws FacematchError `input-invalid` for a file, a database without records and one that a service uses;
 * `integrity-failure` where the entry is added and does not explain every head; what opening the store throws:
 * `keyring-invalid`, `ledger-invalid`, `migration-refused` (no copy of the keyring or the ledger stays in place then),
 * `store-unavailable`, `storage-full` (they stay: again without naming copies).
 */
export async function restoredInPlace(options: RestoredInPlaceOptions): Promise<RestoredInPlace> {
  const { store: storeOptions, signer, headsFile } = options;
  const { databaseUrl } = storeOptions;
  if (databaseUrl === undefined) {
    throw new FacematchError(
      'input-invalid',
      'The records are in a file: a backup of it is put in place with --from.',
    );
  }
  const { last, services } = await lookAtPostgres(databaseUrl);
  if (services > 0) {
    throw new FacematchError(
      'input-invalid',
      'A service uses the database: stop every one, note the restore, then start them.',
      { services },
    );
  }
  if (last === undefined) {
    throw new FacematchError(
      'input-invalid',
      "The database that DATABASE_URL names holds no records: put the copy back first, with PostgreSQL's own tools.",
    );
  }
  const kept = headsFile === undefined || !existsSync(headsFile) ? [] : await readHeads(headsFile);
  const placed = await placeKeyFiles(options, storeOptions);
  const store = await openStore(storeOptions).catch(async (error: unknown) => {
    // Copies that do not fit were never used, and would stand in the way of those that do.
    if (isFacematchError(error) && unfit.has(error.code)) await removeFiles(placed);
    throw error;
  });
  // From here on the database goes with them, whatever fails.
  try {
    const auditSeq = await noteRestore(store, options, { lastEntryAt: last.at });
    const found = await verifyTrail(store.audit, { publicKey: signer.publicKey, heads: kept });
    if (!found.intact) {
      throw new FacematchError(
        'integrity-failure',
        `The restore is noted as entry ${auditSeq}, but does not explain the trail: ${found.fault} at entry ${found.seq}. Was something written after the copy was put back, before this?`,
        { fault: found.fault, entry: found.seq },
      );
    }
    return { lastEntryAt: last.at, destroyedAgain: store.resumed, auditSeq };
  } finally {
    await store.close();
  }
}
