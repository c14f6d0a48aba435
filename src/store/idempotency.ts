import type { Kysely, Transaction } from 'kysely';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import { sameKey } from './crypto/keys.js';
import { together } from './database/together.js';
import { atEnd, type RecordDatabase } from './database.js';
import { prepared, type Statement } from './prepared.js';
import type { Schema } from './schema.js';

export type IdempotentKind = 'document' | 'comparison';

/** A client's promise that requests with this key are the same request. Both are keyed hashes. */
export interface IdempotencyClaim {
  /** Of the client and the key it chose. */
  readonly key: Uint8Array;
  /** Of everything the request carried. */
  readonly fingerprint: Uint8Array;
}

/** A day: longer than any sensible client retries. */
const lifetimeMilliseconds = 24 * 60 * 60 * 1000;

/** Remembers what a request with an idempotency key created. */
export class IdempotencyKeys {
  readonly #database: RecordDatabase;
  readonly #clock: Clock;

  constructor(database: RecordDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * The id of what the same request created before, if it did.
   *
   * @throws FacematchError `idempotency-mismatch` when the key came with another request.
   */
  find(kind: IdempotentKind, claim: IdempotencyClaim): Promise<string | undefined> {
    return this.#database.read((db) => this.findIn(db, kind, claim));
  }

  async findIn(
    db: Kysely<Schema>,
    kind: IdempotentKind,
    { key, fingerprint }: IdempotencyClaim,
  ): Promise<string | undefined> {
    const [row] = await known(db, { key, now: this.#clock().toISOString() });
    if (row === undefined) return undefined;
    if (row.kind !== kind || !sameKey(row.fingerprint, fingerprint)) {
      throw new FacematchError(
        'idempotency-mismatch',
        'The idempotency key came with another request before.',
      );
    }
    return row.resource_id;
  }

  /** In the transaction that creates the resource. Keys past their day go on the way. */
  async recordIn(
    trx: Transaction<Schema>,
    kind: IdempotentKind,
    claim: IdempotencyClaim,
    resource: string,
  ): Promise<void> {
    await together(trx, [this.recording(kind, claim, resource)]);
    await atEnd(trx, async () => [this.forgetting()]);
  }

  /** Remembers the key, which {@link findIn} did not know in this transaction. */
  recording(kind: IdempotentKind, { key, fingerprint }: IdempotencyClaim, resource: string): Statement {
    const now = this.#clock();
    return remember.with({
      key,
      fingerprint,
      kind,
      resource_id: resource,
      created_at: now.toISOString(),
      expires_at: new Date(now.getTime() + lifetimeMilliseconds).toISOString(),
    });
  }

  /** Forgets the keys past their day. Everybody forgets the same: for the end of a transaction. */
  forgetting(): Statement {
    return forget.with({ now: this.#clock().toISOString() });
  }
}

const known = prepared((db, { key, now }: { key: Uint8Array; now: string }) =>
  db
    .selectFrom('idempotency')
    .select(['fingerprint', 'kind', 'resource_id'])
    .where('key', '=', key)
    .where('expires_at', '>', now),
);

const forget = prepared((db, { now }: { now: string }) =>
  db.deleteFrom('idempotency').where('expires_at', '<=', now),
);

/** One past its day may still be there. */
const remember = prepared((db, row: Schema['idempotency']) =>
  db
    .insertInto('idempotency')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((excluded) => ({
        fingerprint: excluded.ref('excluded.fingerprint'),
        kind: excluded.ref('excluded.kind'),
        resource_id: excluded.ref('excluded.resource_id'),
        created_at: excluded.ref('excluded.created_at'),
        expires_at: excluded.ref('excluded.expires_at'),
      })),
    ),
);
