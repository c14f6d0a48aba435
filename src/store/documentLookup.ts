import type { Kysely } from 'kysely';
import { amongFew } from './database/amongFew.js';
import type { RecordDatabase } from './database.js';
import { type DocumentRow, documentRow, rowColumns } from './documentRow.js';
import { prepared } from './prepared.js';
import type { Schema } from './schema.js';
import type { KeyReference } from './vault.js';

/** Keyed hashes of every identifier an application gives. */
export interface IdentifierKeys {
  readonly register?: Uint8Array | undefined;
  /** Forms of names and birth date. */
  readonly identity: readonly Uint8Array[];
  /** Claimed document numbers. */
  readonly numbers: readonly Uint8Array[];
}

export interface FoundByKeys<Row = DocumentRow> {
  readonly byRegister: readonly Row[];
  readonly byIdentity: readonly Row[];
  /** For each claimed number, in their order, its documents: two types may share a number. */
  readonly byNumber: readonly (readonly Row[])[];
  /** Every document of the holders that these belong to. */
  readonly ofHolders: readonly Row[];
}

/** A document with what a comparison needs of it, still sealed. */
export interface Candidate extends DocumentRow {
  readonly sealed: KeyReference & {
    readonly record: Uint8Array;
    /** By the model asked for; null where there is none. */
    readonly vector: Uint8Array | null;
  };
}

/** Documents by keyed identifiers; newest first. */
export class DocumentLookup {
  readonly #database: RecordDatabase;

  constructor(database: RecordDatabase) {
    this.#database = database;
  }

  async findByKeys(keys: IdentifierKeys): Promise<FoundByKeys> {
    const rows = await this.#database.read((db) => ledTo(db, listsOf(keys)));
    return sorted(keys, rows, documentRow);
  }

  /** The same, each with its sealed record and embedding. */
  async candidates(keys: IdentifierKeys, model: string): Promise<FoundByKeys<Candidate>> {
    const rows = await this.#database.read((db) => candidatesLedTo(db, { ...listsOf(keys), model }));
    return sorted(keys, rows, ({ key_id, retention_ends, record, vector, ...row }) => ({
      ...documentRow(row),
      sealed: { key_id, retention_ends, record, vector },
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

/** How a row was found. */
interface Trace {
  readonly number_key: Uint8Array;
  readonly register_key: Uint8Array | null;
  /** Not null where names and birth date led to it. */
  readonly by_identity: string | null;
}

function sorted<Found extends Trace, Row>(
  { register, numbers }: IdentifierKeys,
  rows: readonly Found[],
  rowOf: (row: Found) => Row,
): FoundByKeys<Row> {
  const all = rows.map((row) => ({ ...traceOf(row), row: rowOf(row) }));
  const where = (found: (one: (typeof all)[number]) => boolean) => all.filter(found).map(({ row }) => row);
  return {
    byRegister: where((one) => register !== undefined && one.register?.equals(register) === true),
    byIdentity: where((one) => one.byIdentity),
    byNumber: numbers.map((number) => where((one) => one.number.equals(number))),
    ofHolders: where(() => true),
  };
}

const traceOf = ({ number_key, register_key, by_identity }: Trace) => ({
  number: Buffer.from(number_key),
  register: register_key === null ? undefined : Buffer.from(register_key),
  byIdentity: by_identity !== null,
});

/** Lists, so that one query serves whatever is given; of few lengths, as each is a query of its own. */
const listsOf = ({ register, identity, numbers }: IdentifierKeys) => ({
  registers: register === undefined ? [] : [register],
  identity: padded(identity),
  numbers: padded(numbers),
});

/** As long as a power of two, its last key as often as it takes: to a list that is searched it makes no difference. */
function padded(keys: readonly Uint8Array[]): Uint8Array[] {
  const last = keys.at(-1);
  if (last === undefined) return [];
  const length = 2 ** Math.ceil(Math.log2(keys.length));
  return [...keys, ...Array.from({ length: length - keys.length }, () => last)];
}

type Lists = ReturnType<typeof listsOf>;

/** Every document of whoever any of the keys leads to. */
const rowsLedTo = (db: Kysely<Schema>, { registers, identity, numbers }: Lists) =>
  db
    .selectFrom('documents')
    .select([...rowColumns, 'documents.number_key'])
    .select((query) =>
      query
        .selectFrom('document_identity_keys as named')
        .select('named.document_id')
        .whereRef('named.document_id', '=', 'documents.id')
        .where('named.identity_key', 'in', identity)
        .limit(1)
        .as('by_identity'),
    )
    .where((query) =>
      amongFew(
        db,
        query.ref('documents.holder_id'),
        query
          .selectFrom('documents as registered')
          .select('registered.holder_id')
          .where('registered.register_key', 'in', registers)
          .unionAll(
            query
              .selectFrom('documents as numbered')
              .select('numbered.holder_id')
              .where('numbered.number_key', 'in', numbers),
          )
          .unionAll(
            query
              .selectFrom('document_identity_keys')
              .select((known) =>
                known
                  .selectFrom('documents as known')
                  .select('known.holder_id')
                  .whereRef('known.id', '=', 'document_identity_keys.document_id')
                  .as('holder_id'),
              )
              .where('document_identity_keys.identity_key', 'in', identity)
              .$castTo<{ holder_id: string }>(),
          ),
      ),
    )
    .orderBy('documents.issued_on', 'desc')
    .orderBy('documents.id');

const ledTo = prepared((db, lists: Lists) => rowsLedTo(db, lists));

const candidatesLedTo = prepared((db, { model, ...lists }: Lists & { model: string }) =>
  rowsLedTo(db, lists)
    .select(['documents.key_id', 'documents.retention_ends', 'documents.record'])
    .select((query) =>
      query
        .selectFrom('embeddings')
        .select('embeddings.vector')
        .whereRef('embeddings.document_id', '=', 'documents.id')
        .where('embeddings.model', '=', model)
        .as('vector'),
    ),
);

const byHolders = prepared((db, { holders }: { holders: string[] }) =>
  db
    .selectFrom('documents')
    .select(rowColumns)
    .where('holder_id', 'in', holders)
    .orderBy('issued_on', 'desc')
    .orderBy('id'),
);
