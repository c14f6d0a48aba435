import type { Kysely, Transaction } from 'kysely';
import type { AuditEntry, AuditTrail } from './audit.js';
import type { RecordDatabase } from './database.js';
import type { LookupKeys } from './lookup.js';
import type { Schema } from './schema.js';
import { insertFinding, type NewFinding } from './searchFindings.js';
import { aboutSearch, closedSearch, type SearchRow, sealPart, searchRow } from './searchRows.js';
import type { SearchedStore, SearchOutcome, SearchRun, SearchTurn, SweepCheckpoint } from './searchTurn.js';
import { jsonValue, type Vault } from './vault.js';

const checkpointField = 'search.checkpoint';

/** Approved searches as work: taken, begun, put down, gone on with and ended, in whichever process. */
export class SearchWork {
  readonly #database: RecordDatabase;
  readonly #vault: Vault;
  readonly #trail: AuditTrail;
  readonly #lookup: LookupKeys;

  constructor(parts: { database: RecordDatabase; vault: Vault; trail: AuditTrail; lookup: LookupKeys }) {
    this.#database = parts.database;
    this.#vault = parts.vault;
    this.#trail = parts.trail;
    this.#lookup = parts.lookup;
  }

  /** Searches of one face before sweeps, each in the order they were approved in. @param except ids */
  next(except: readonly string[] = []): Promise<SearchTurn | undefined> {
    return this.#database.read(async (db) => {
      const row = await db
        .selectFrom('searches')
        .leftJoin('search_work', 'search_work.search_id', 'searches.id')
        .select(['searches.id', 'starts', 'stops'])
        .where('status', '=', 'running')
        .$if(except.length > 0, (query) => query.where('searches.id', 'not in', [...except]))
        .orderBy((by) => by.case().when('kind', '=', 'search').then(0).else(1).end())
        .orderBy('decided_at')
        .orderBy('searches.id')
        .limit(1)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { id, starts, stops } = row;
      return { id, starts: starts ?? 0, cutOff: (starts ?? 0) - (stops ?? 0) };
    });
  }

  /** What is left of searches that a version without this table ended. */
  async forgetEnded(): Promise<void> {
    const ended = (db: Kysely<Schema>) =>
      db
        .selectFrom('search_work')
        .innerJoin('searches', 'searches.id', 'search_work.search_id')
        .select('search_work.search_id')
        .where('status', '!=', 'running');
    const [left] = await this.#database.read((db) => ended(db).limit(1).execute());
    if (left === undefined) return;
    await this.#database.write((trx) =>
      trx.deleteFrom('search_work').where('search_id', 'in', ended(trx)).execute(),
    );
  }

  /** Where a sweep goes on. @throws FacematchError `not-found`, `integrity-failure` */
  checkpoint(id: string): Promise<SweepCheckpoint | undefined> {
    return this.#database.read(async (db) => {
      const row = await searchRow(db, id);
      const sealed = (await workOf(db, id))?.checkpoint;
      if (sealed == null) return undefined;
      return jsonValue(await this.#vault.open(row, id, checkpointField, sealed)) as SweepCheckpoint;
    });
  }

  /**
   * Notes what it runs against, before anything is compared. What was kept of another model is dropped. The moment of
   * its first start stays, and once begun on trial it stays of a trial.
   *
   * @throws FacematchError `not-found`, `search-closed` where it ended, or somebody else began it meanwhile
   */
  async start(turn: SearchTurn, against: SearchedStore, audit: AuditEntry): Promise<SearchRun> {
    const run = { id: turn.id, start: turn.starts + 1 };
    await this.#database.write(async (trx) => {
      const row = await this.#mine(trx, { id: turn.id, start: turn.starts });
      const { startedAt, mode, model, documents, lastDocument } = against;
      await trx
        .updateTable('searches')
        .set({
          started_at: row.started_at ?? startedAt,
          mode: row.mode === 'trial' ? row.mode : mode,
          model,
          documents,
          last_document: lastDocument,
        })
        .where('id', '=', run.id)
        .execute();
      if (turn.starts === 0) {
        await trx
          .insertInto('search_work')
          .values({ search_id: run.id, starts: run.start, stops: 0, progress: 0 })
          .execute();
      } else {
        await trx
          .updateTable('search_work')
          .set({ starts: run.start, ...(row.model !== model && { progress: 0, checkpoint: null }) })
          .where('search_id', '=', run.id)
          .execute();
      }
      await this.#trail.appendIn(trx, aboutSearch(row, audit));
    });
    return run;
  }

  /**
   * Keeps how far it has come: nothing that anybody is accountable for, so the trail has no entry of it.
   *
   * @param progress 0 to 1
   * @throws FacematchError `not-found`, `search-closed` where it ended, or somebody else began it meanwhile
   */
  async keep(run: SearchRun, progress: number, checkpoint?: SweepCheckpoint): Promise<void> {
    const thousandths = Math.floor(1000 * Math.min(1, Math.max(0, progress)));
    await this.#database.write(
      async (trx) => {
        const row = await this.#mine(trx, run);
        const sealed = checkpoint && (await sealPart(this.#vault, row, checkpointField, checkpoint));
        await trx
          .updateTable('search_work')
          .set({ progress: thousandths, ...(sealed && { checkpoint: sealed }) })
          .where('search_id', '=', run.id)
          .execute();
      },
      [this.#lookup.record(run.id)],
    );
  }

  /**
   * Puts it down for whoever takes it next.
   *
   * @param inOrder counts as no failure: its process was told to stop
   * @throws FacematchError `not-found`, `search-closed` where it ended, or somebody else began it meanwhile
   */
  async stop(run: SearchRun, inOrder: boolean, audit: AuditEntry): Promise<void> {
    await this.#database.write(async (trx) => {
      const row = await this.#mine(trx, run);
      if (inOrder) {
        await trx
          .updateTable('search_work')
          .set((work) => ({ stops: work('stops', '+', 1) }))
          .where('search_id', '=', run.id)
          .execute();
      }
      await this.#trail.appendIn(trx, aboutSearch(row, audit));
    });
  }

  /**
   * Ends it, with what it found: an entry for each document found, in one transaction with the findings. A document
   * destroyed meanwhile is not among them, and nothing that was kept to go on from is left.
   *
   * @throws FacematchError `not-found`, `search-closed` where it ended, or somebody else began it meanwhile
   */
  async end(run: SearchRun, outcome: SearchOutcome): Promise<void> {
    await this.#database.write(async (trx) => {
      const row = await this.#mine(trx, run);
      await trx
        .updateTable('searches')
        .set({
          status: outcome.error === undefined ? 'done' : 'failed',
          ended_at: outcome.endedAt,
          compared: outcome.compared ?? null,
          reached: outcome.reached,
          error: outcome.error ?? null,
        })
        .where('id', '=', run.id)
        .execute();
      await trx.deleteFrom('search_work').where('search_id', '=', run.id).execute();
      for (const [index, finding] of outcome.findings.entries()) {
        await this.#record(trx, row, index + 1, finding, outcome.audit);
      }
      await this.#trail.appendIn(trx, aboutSearch(row, outcome.audit));
    });
  }

  /** The search, if it has not ended and this is its last start. */
  async #mine(trx: Transaction<Schema>, { id, start }: SearchRun): Promise<SearchRow> {
    const row = await searchRow(trx, id);
    const starts = (await workOf(trx, id))?.starts ?? 0;
    if (row.status !== 'running' || starts !== start) throw closedSearch(id);
    return row;
  }

  async #record(
    trx: Transaction<Schema>,
    row: SearchRow,
    rank: number,
    finding: NewFinding,
    audit: AuditEntry,
  ): Promise<void> {
    for (const record of await insertFinding(trx, this.#vault, row, rank, finding)) {
      await this.#trail.appendIn(trx, {
        ...aboutSearch(row, audit),
        action: 'search.hit',
        subject: { record },
        outcome: 'done',
        facts: { search: row.id, rank },
      });
    }
  }
}

function workOf(db: Kysely<Schema>, id: string) {
  return db.selectFrom('search_work').selectAll().where('search_id', '=', id).executeTakeFirst();
}
