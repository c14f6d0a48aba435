import type { RecordDatabase } from './database.js';
import { type DocumentRow, documentRow, rowColumns } from './documentRow.js';
import { prepared } from './prepared.js';

/** Keyed hashes of every identifier an application gives. */
export interface IdentifierKeys {
  readonly register?: Uint8Array | undefined;
  /** Forms of names and birth date. */
  readonly identity: readonly Uint8Array[];
  /** Claimed document numbers. */
  readonly numbers: readonly Uint8Array[];
}

export interface FoundByKeys {
  readonly byRegister: readonly DocumentRow[];
  readonly byIdentity: readonly DocumentRow[];
  /** For each claimed number, in their order, its documents: two types may share a number. */
  readonly byNumber: readonly (readonly DocumentRow[])[];
}

/** Documents by keyed identifiers; newest first. */
export class DocumentLookup {
  readonly #database: RecordDatabase;

  constructor(database: RecordDatabase) {
    this.#database = database;
  }

  findByKeys({ register, identity, numbers }: IdentifierKeys): Promise<FoundByKeys> {
    return this.#database.read(async (db) => ({
      byRegister: register === undefined ? [] : (await byRegister(db, { register })).map(documentRow),
      byIdentity:
        identity.length === 0 ? [] : (await byIdentity(db, { identity: [...identity] })).map(documentRow),
      byNumber: await Promise.all(
        numbers.map(async (number) => (await byNumber(db, { number })).map(documentRow)),
      ),
    }));
  }

  /** Every document of these holders. */
  async ofHolders(holderIds: readonly string[]): Promise<readonly DocumentRow[]> {
    if (holderIds.length === 0) return [];
    const rows = await this.#database.read((db) => byHolders(db, { holders: [...holderIds] }));
    return rows.map(documentRow);
  }

  /** When the newest transfer arrived (ISO 8601); undefined in an empty store. */
  latestReceivedAt(): Promise<string | undefined> {
    return this.#database.read(async (db) => {
      const row = await db
        .selectFrom('documents')
        .select('received_at')
        .orderBy('received_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.received_at;
    });
  }
}

const byRegister = prepared((db, { register }: { register: Uint8Array }) =>
  db
    .selectFrom('documents')
    .select(rowColumns)
    .where('register_key', '=', register)
    .orderBy('issued_on', 'desc')
    .orderBy('id'),
);

const byIdentity = prepared((db, { identity }: { identity: Uint8Array[] }) =>
  db
    .selectFrom('documents')
    .select(rowColumns)
    .where('documents.id', 'in', (sub) =>
      sub.selectFrom('document_identity_keys').select('document_id').where('identity_key', 'in', identity),
    )
    .orderBy('issued_on', 'desc')
    .orderBy('id'),
);

const byNumber = prepared((db, { number }: { number: Uint8Array }) =>
  db
    .selectFrom('documents')
    .select(rowColumns)
    .where('number_key', '=', number)
    .orderBy('issued_on', 'desc')
    .orderBy('id'),
);

const byHolders = prepared((db, { holders }: { holders: string[] }) =>
  db
    .selectFrom('documents')
    .select(rowColumns)
    .where('holder_id', 'in', holders)
    .orderBy('issued_on', 'desc')
    .orderBy('id'),
);
