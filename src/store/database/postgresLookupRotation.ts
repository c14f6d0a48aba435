import { sql, type Transaction } from 'kysely';
import type { LookupKey } from '../crypto/keys.js';
import { nextHash } from '../lookup.js';
import { hashedColumns } from '../lookupRotation.js';
import type { Schema } from '../schema.js';

const pageSize = 5_000;

/** Replaces every hash by the next one. The database learns old and new hashes, never the key. */
export async function rehashPostgres(trx: Transaction<Schema>, key: LookupKey): Promise<void> {
  for (const [table, ...columns] of hashedColumns) {
    for (const column of columns) await rehashColumn(trx, table, column, key);
  }
}

async function rehashColumn(
  trx: Transaction<Schema>,
  table: string,
  column: string,
  key: LookupKey,
): Promise<void> {
  const name = sql.ref(column);
  const from = sql.table(table);
  await sql`create temporary table next_hashes (old bytea primary key, new bytea not null) on commit drop`.execute(
    trx,
  );
  for (let after: Uint8Array = new Uint8Array(); ; ) {
    const { rows } = await sql<{ hash: Uint8Array }>`select distinct ${name} as hash from ${from}
      where ${name} > ${after} order by hash limit ${pageSize}`.execute(trx);
    const last = rows.at(-1);
    if (last === undefined) break;
    const olds = rows.map(({ hash }) => hash);
    const news = olds.map((hash) => nextHash(key, hash));
    await sql`insert into next_hashes (old, new)
      select * from unnest(${olds}::bytea[], ${news.map((hash) => Buffer.from(hash))}::bytea[])`.execute(trx);
    after = last.hash;
  }
  await sql`update ${from} set ${name} = next_hashes.new from next_hashes where ${from}.${name} = next_hashes.old`.execute(
    trx,
  );
  await sql`drop table next_hashes`.execute(trx);
}
