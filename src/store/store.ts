import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import { AuditTrail } from './audit.js';
import { AuditPeople } from './auditPeople.js';
import { AuditQuery } from './auditQuery.js';
import { ComparisonIndexing } from './comparisonIndexing.js';
import { ComparisonOutcomes } from './comparisonOutcomes.js';
import { ComparisonQuery } from './comparisonQuery.js';
import { Comparisons } from './comparisons.js';
import { type LookupKey, lookupKeyChain, masterKeyChain, sameKey } from './crypto/keys.js';
import { Damage } from './damage.js';
import { type DatabasePlace, openDatabase } from './database/open.js';
import type { RecordDatabase } from './database.js';
import { Destruction } from './destruction.js';
import { Documents } from './documents.js';
import { EmbeddingBlocks } from './embeddingBlocks.js';
import { EmbeddingModels } from './embeddingModels.js';
import { EmbeddingSets } from './embeddingSets.js';
import { EmbeddingSurvey } from './embeddingSurvey.js';
import { Holds } from './holds.js';
import { IdempotencyKeys } from './idempotency.js';
import { bindLedger, readBinding, writeBinding } from './identity.js';
import { Inquiries } from './inquiries.js';
import type { Keyring } from './keyring.js';
import type { Ledger } from './ledger.js';
import { type LookupKeys, lookupKeys } from './lookup.js';
import { Modes } from './modes.js';
import { type KeyPlace, openKeys } from './openKeys.js';
import { Rectifications } from './rectifications.js';
import { RetentionState } from './retentionState.js';
import { ReviewQueue } from './reviewQueue.js';
import { Reviews } from './reviews.js';
import { Searches } from './searches.js';
import { SearchWork } from './searchWork.js';
import { DocumentStatuses } from './statuses.js';
import { TrialDays } from './trialDays.js';
import { UseFigures } from './useFigures.js';
import { Vault } from './vault.js';

export type { AuditEntry } from './auditEntry.js';
export type { AuditFilter, AuditLine } from './auditQuery.js';
export type { StoredComparison } from './comparisons.js';
export type { DestructionOrder } from './destruction.js';
export type { Candidate, FoundByKeys, IdentifierKeys } from './documentLookup.js';
export type { DocumentRow } from './documentRow.js';
export type { OpenedDocument } from './documents.js';
export type { HeldKind, Hold, HoldGround } from './holds.js';
export type { IdempotencyClaim } from './idempotency.js';
export type { OpenedInquiry } from './inquiryRows.js';
export type { LookupKeys } from './lookup.js';
export type { NewComparison, NewProbe, SealedPhoto } from './newComparison.js';
export type { NewDocument } from './newDocument.js';
export type { Destroyed, RetentionRun } from './retentionState.js';
export type { OpenedSearch, RunBy, SearchFinding, SearchProbe } from './searchRows.js';
export type { SearchRun, SearchTurn, SweepCheckpoint } from './searchTurn.js';

export interface StoreOptions extends DatabasePlace, KeyPlace {
  /**
   * 32 random bytes of its own, never the master key; after changes of the key all of them one after another, oldest
   * first.
   */
  readonly lookupKey: Uint8Array;
  readonly clock: Clock;
  /**
   * The day on which the identifiers of staff noted on a day are to be destroyed, both `YYYY-MM-DD`. Ten years
   * later unless given.
   */
  readonly staffRetentionEnds?: ((day: string) => string) | undefined;
  /** Told once, with the engine's code, when the database turns out to be damaged: nothing is written from then on. */
  readonly onDamage?: ((code: string) => void) | undefined;
}

const tenYearsLater = (day: string) => `${Number(day.slice(0, 4)) + 10}${day.slice(4, 8)}28`;

/** How much the store holds. */
export interface StoreStats {
  readonly holders: number;
  readonly documents: number;
  readonly comparisons: number;
  readonly auditEntries: number;
}

/** Everything that is kept: encrypted records, their keys, and the trail of what was done. */
export interface Store {
  readonly documents: Documents;
  readonly comparisons: Comparisons;
  readonly models: EmbeddingModels;
  readonly embeddings: EmbeddingSets;
  readonly embeddingSurvey: EmbeddingSurvey;
  readonly embeddingBlocks: EmbeddingBlocks;
  readonly audit: AuditTrail;
  readonly auditQuery: AuditQuery;
  readonly outcomes: ComparisonOutcomes;
  readonly statuses: DocumentStatuses;
  readonly rectifications: Rectifications;
  readonly modes: Modes;
  readonly figures: UseFigures;
  readonly trialDays: TrialDays;
  readonly idempotency: IdempotencyKeys;
  /** Hashes identifiers the way the store looks them up. */
  readonly lookup: LookupKeys;
  readonly keyring: Keyring;
  /** What was destroyed, outside the database. */
  readonly ledger: Ledger;
  readonly holds: Holds;
  readonly inquiries: Inquiries;
  readonly comparisonQuery: ComparisonQuery;
  readonly indexing: ComparisonIndexing;
  readonly reviews: Reviews;
  readonly reviewQueue: ReviewQueue;
  readonly destruction: Destruction;
  /** Records that went when the store was opened: destruction had begun, or the ledger knew of it. */
  readonly resumed: number;
  /** Searches of one face against all, and of all against all. */
  readonly searches: Searches;
  /** Those that were approved and have not ended. */
  readonly searchWork: SearchWork;
  readonly retention: RetentionState;
  /** Replaces every look-up hash by one under a further key: the store then has to be opened anew with it. */
  rotateLookup(key: LookupKey): Promise<void>;
  /** Counts whole tables: for reports, not for every request. */
  stats(): Promise<StoreStats>;
  /** @throws FacematchError `store-unavailable` when the database or the keyring cannot be read, or is damaged. */
  check(): Promise<void>;
  /** Leaves the database complete in its one file. Doing it again changes nothing. */
  close(): Promise<void>;
}

/**
 * Opens the store, or creates it where neither database nor keyring exist. Destructions that were begun are finished
 * first, and those that the ledger knows of and this database does not, as after a restore.
 *
 * @throws FacematchError `keyring-invalid`, `ledger-invalid`, `migration-refused`, `store-unavailable`, `storage-full`, and
 * `config-invalid` when a key is not 32 random bytes or the two are one.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { clock } = options;
  const chain = lookupKeyChain(options.lookupKey);
  const masters = options.masterKey === undefined ? [] : masterKeyChain(options.masterKey);
  if (masters.some((master) => chain.some((key) => sameKey(master, key)))) {
    throw new FacematchError('config-invalid', 'The look-up key must not be the master key.');
  }
  const lookup = lookupKeys(chain);
  const damage = new Damage(options.onDamage);
  const database = damage.watched(await openDatabase(options, clock));
  const opened: { close(): unknown }[] = [database];
  try {
    const expected = await readBinding(database, lookup);
    const { keyring, ledger } = await openKeys(options, expected, clock);
    opened.unshift(ledger, keyring);
    if (expected === undefined) await writeBinding(database, keyring, lookup, clock());
    if (expected?.ledger === undefined) await bindLedger(database, ledger);
    const store = assembleStore({ database, keyring, ledger, lookup }, options);
    const resumed = await store.destruction.resume();
    const check = async () => {
      damage.requireNone();
      await store.check();
    };
    return { ...store, check, resumed };
  } catch (error) {
    for (const part of opened) await part.close();
    throw error;
  }
}

/** What a store is made of, opened and bound to one another. */
export interface StoreParts {
  readonly database: RecordDatabase;
  readonly keyring: Keyring;
  readonly ledger: Ledger;
  readonly lookup: LookupKeys;
}

/** A store of parts that are open; several stores may share a keyring and a ledger, each with a database of its own. */
export function assembleStore(
  { database, keyring, ledger, lookup }: StoreParts,
  { clock, staffRetentionEnds = tenYearsLater }: Pick<StoreOptions, 'clock' | 'staffRetentionEnds'>,
): Omit<Store, 'resumed'> {
  const { patient } = database;
  const vault = new Vault(keyring);
  const people = new AuditPeople(vault, staffRetentionEnds);
  const audit = new AuditTrail(database, lookup, people, clock);
  const idempotency = new IdempotencyKeys(database, clock);
  const destruction = new Destruction({ database: patient, keyring, ledger, trail: audit, lookup, clock });
  const parts = { database, vault, trail: audit, idempotency, lookup, clock, destruction };
  const unhurried = { ...parts, database: patient };
  const holds = new Holds(parts);
  return {
    documents: new Documents(parts),
    comparisons: new Comparisons(parts),
    models: new EmbeddingModels(parts),
    embeddings: new EmbeddingSets(parts),
    embeddingSurvey: new EmbeddingSurvey(parts),
    embeddingBlocks: new EmbeddingBlocks(unhurried),
    audit,
    auditQuery: new AuditQuery(patient, lookup, people),
    outcomes: new ComparisonOutcomes(parts),
    statuses: new DocumentStatuses(parts),
    rectifications: new Rectifications(parts),
    modes: new Modes(parts),
    figures: new UseFigures(patient),
    trialDays: new TrialDays(patient),
    idempotency,
    lookup,
    keyring,
    ledger,
    holds,
    inquiries: new Inquiries({ ...parts, holds }),
    comparisonQuery: new ComparisonQuery(parts),
    indexing: new ComparisonIndexing(unhurried),
    reviews: new Reviews(parts),
    reviewQueue: new ReviewQueue(parts),
    destruction,
    searches: new Searches(parts),
    searchWork: new SearchWork(parts),
    retention: new RetentionState(unhurried),
    rotateLookup: (key) => database.rotateLookup(key),
    stats: () => stats(patient),
    check: async () => {
      await database.read((db) => db.selectFrom('store').select('keyring_id').executeTakeFirstOrThrow());
      await keyring.check();
    },
    close: async () => {
      await database.close();
      await keyring.close();
      await ledger.close();
    },
  };
}

function stats(database: RecordDatabase): Promise<StoreStats> {
  return database.read(async (db) => {
    const count = async (table: 'holders' | 'documents' | 'comparisons' | 'audit') => {
      const row = await db
        .selectFrom(table)
        .select((expression) => expression.fn.countAll<number>().as('rows'))
        .executeTakeFirstOrThrow();
      return row.rows;
    };
    return {
      holders: await count('holders'),
      documents: await count('documents'),
      comparisons: await count('comparisons'),
      auditEntries: await count('audit'),
    };
  });
}
