import { sql } from 'kysely';
import { type AuditRow, entryHash } from './auditEntry.js';
import { guarded } from './failures.js';
import type { RecordReader } from './recordReader.js';

export type AuditCheck =
  | { readonly intact: true; readonly entries: number; readonly head: Uint8Array }
  /** The first entry that was edited, removed, inserted or moved. */
  | { readonly intact: false; readonly seq: number };

/** A place in the trail: the number of entries so far and the hash of the last one (32 bytes). */
export interface AuditPosition {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** A head as it was signed and kept. */
export interface KeptHead extends AuditPosition {
  readonly at: string;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

const genesis = new Uint8Array(32);
const pageSize = 1000;

/** The audit trail without its keys: what can be read and checked beside a running service. */
export class AuditReader {
  readonly #database: RecordReader;

  constructor(database: RecordReader) {
    this.#database = database;
  }

  /** Walks the whole chain. Cutting off its end shows only against a signed head kept elsewhere. */
  async verify(): Promise<AuditCheck> {
    let last: AuditPosition = { seq: 0, hash: genesis };
    const broken = await this.walk(({ seq, hash }) => {
      last = { seq, hash };
    });
    if (broken !== undefined) return { intact: false, seq: broken };
    return { intact: true, entries: last.seq, head: new Uint8Array(last.hash) };
  }

  /**
   * Hands every entry to `visit`, in order, as long as each follows from the one before.
   *
   * @returns the number of the first entry that does not, if there is one.
   */
  walk(visit: (row: AuditRow) => Promise<void> | void): Promise<number | undefined> {
    return guarded(async () => {
      let seq = 0;
      let head: Uint8Array = genesis;
      for (;;) {
        const page = await this.page(seq);
        for (const row of page) {
          const follows = row.seq === seq + 1 && equal(row.prev_hash, head);
          if (!follows || !equal(row.hash, entryHash(row))) return seq + 1;
          seq += 1;
          head = row.hash;
          await visit(row);
        }
        if (page.length < pageSize) return undefined;
      }
    });
  }

  /** The entries after one, at most a thousand. */
  page(after: number): Promise<AuditRow[]> {
    return this.#database.read((db) =>
      db.selectFrom('audit').selectAll().where('seq', '>', after).orderBy('seq').limit(pageSize).execute(),
    );
  }

  /** The end of the trail as it is now. */
  async position(): Promise<AuditPosition> {
    const last = await this.#database.read((db) =>
      db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst(),
    );
    return last === undefined
      ? { seq: 0, hash: genesis }
      : { seq: last.seq, hash: new Uint8Array(last.hash) };
  }

  /** Every signed head kept in the database, oldest first. */
  async heads(): Promise<KeptHead[]> {
    const rows = await this.#database.read((db) =>
      db.selectFrom('audit_heads').selectAll().orderBy('seq').execute(),
    );
    return rows.map((row) => ({
      seq: row.seq,
      at: row.at,
      hash: new Uint8Array(row.hash),
      publicKey: new Uint8Array(row.public_key),
      signature: new Uint8Array(row.signature),
    }));
  }

  /** Entries whose actor's name is gone although its month's key was not destroyed: somebody removed it. */
  async namesMissing(): Promise<number> {
    return this.#database.read(async (db) => {
      const row = await db
        .selectFrom('audit')
        .innerJoin('audit_periods', (join) =>
          join.on(sql<boolean>`audit_periods.month = substr(audit.at, 1, 7)`),
        )
        .leftJoin('audit_people', (join) =>
          join
            .onRef('audit_people.month', '=', 'audit_periods.month')
            .onRef('audit_people.actor_key', '=', 'audit.actor_key'),
        )
        .select((expression) => expression.fn.countAll<number>().as('missing'))
        .where('audit.format', '>=', 2)
        .where('audit_people.actor_key', 'is', null)
        .executeTakeFirstOrThrow();
      return row.missing;
    });
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
