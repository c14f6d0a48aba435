import { newId } from '../ids.js';
import type { RecordDatabase } from './database.js';
import { rememberGeneration } from './identity.js';
import type { Month } from './month.js';
import { countByMonth, type MonthCount, type RetainedKind } from './retained.js';
import { jsonBytes, type Vault } from './vault.js';

export type Destroyed = Partial<Record<RetainedKind, number>>;

export interface RetentionRun {
  readonly id: string;
  /** ISO 8601 date-times. */
  readonly startedAt: string;
  /** Undefined while it runs, or when it was cut off. */
  readonly endedAt?: string | undefined;
  /** `running`, `done`, or the code of what stopped it. */
  readonly outcome: string;
  readonly destroyed: Destroyed;
}

/** What retention remembers between runs: the clock it believed, and what each run did. */
export class RetentionState {
  readonly #database: RecordDatabase;
  readonly #vault: Vault;

  constructor({ database, vault }: { database: RecordDatabase; vault: Vault }) {
    this.#database = database;
    this.#vault = vault;
  }

  /** The last moment at which the clock was believed. */
  async trustedAt(): Promise<Date> {
    const row = await this.#database.read((db) =>
      db.selectFrom('store').select(['trusted_at', 'created_at']).executeTakeFirstOrThrow(),
    );
    return new Date(row.trusted_at ?? row.created_at);
  }

  async trust(now: Date): Promise<void> {
    await this.#database.write((trx) =>
      trx.updateTable('store').set({ trusted_at: now.toISOString() }).execute(),
    );
  }

  /** By kind and month of their end. Reads an index of every table, a month at a time. */
  counts(day: string): Promise<MonthCount[]> {
    return countByMonth(this.#database, day);
  }

  /** Months before this one whose key still exists. */
  async monthsOver(month: Month): Promise<Month[]> {
    return (await this.#vault.keyring.months()).filter((known) => known < month);
  }

  /** Answers to repeated requests whose day is over. */
  async forgetAnswers(now: Date): Promise<void> {
    await this.#database.write((trx) =>
      trx.deleteFrom('idempotency').where('expires_at', '<=', now.toISOString()).execute(),
    );
  }

  /** @param override why it runs although a check speaks against it, encrypted, and until when that is kept. */
  async begin(
    at: Date,
    override?: { readonly reason: string; readonly retentionEnds: string },
  ): Promise<string> {
    const id = newId();
    const key = override && (await this.#vault.reserve(override.retentionEnds));
    const detail =
      override && key && this.#vault.seal(key, id, 'retention-run.reason', jsonBytes(override.reason));
    await this.#database.write(async (trx) => {
      await trx
        .insertInto('retention_runs')
        .values({
          id,
          started_at: at.toISOString(),
          ended_at: null,
          outcome: 'running',
          destroyed: '{}',
          key_id: key?.id ?? null,
          retention_ends: override?.retentionEnds ?? null,
          detail: detail ?? null,
        })
        .execute();
      if (key !== undefined) await rememberGeneration(trx, key.generation);
    });
    return id;
  }

  async end(id: string, at: Date, outcome: string, destroyed: Destroyed): Promise<void> {
    await this.#database.write((trx) =>
      trx
        .updateTable('retention_runs')
        .set({ ended_at: at.toISOString(), outcome, destroyed: JSON.stringify(destroyed) })
        .where('id', '=', id)
        .execute(),
    );
  }

  /** The latest runs, newest first. */
  async runs(limit: number): Promise<RetentionRun[]> {
    const rows = await this.#database.read((db) =>
      db.selectFrom('retention_runs').selectAll().orderBy('id', 'desc').limit(limit).execute(),
    );
    return rows.map((row) => ({
      id: row.id,
      startedAt: row.started_at,
      endedAt: row.ended_at ?? undefined,
      outcome: row.outcome,
      destroyed: JSON.parse(row.destroyed) as Destroyed,
    }));
  }

  /** Leaves nothing of what was deleted in the write-ahead log; false while a reader keeps it. */
  checkpoint(): Promise<boolean> {
    return this.#database.checkpoint();
  }
}
