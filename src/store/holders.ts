import type { Transaction } from 'kysely';
import { newId } from '../ids.js';
import type { Schema } from './schema.js';

export interface HolderKeys {
  readonly registerKey?: Uint8Array | undefined;
  readonly identityKeys: readonly Uint8Array[];
}

/**
 * The holder a new document belongs to: the one with the same register number; else the only one who shares a form
 * of names and birth date, unless the register numbers contradict; else a new one. In the document's transaction, so
 * that two documents of a new holder that arrive together find one another.
 */
export async function resolveHolder(
  trx: Transaction<Schema>,
  keys: HolderKeys,
  createdAt: string,
): Promise<string> {
  return (
    (keys.registerKey && (await holderByRegister(trx, keys.registerKey))) ??
    (await byIdentity(trx, keys)) ??
    (await createHolder(trx, createdAt))
  );
}

/** The holder whose documents have this register number. */
export async function holderByRegister(
  trx: Transaction<Schema>,
  registerKey: Uint8Array,
): Promise<string | undefined> {
  const row = await trx
    .selectFrom('documents')
    .select('holder_id')
    .where('register_key', '=', registerKey)
    .orderBy('received_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row?.holder_id;
}

async function byIdentity(
  trx: Transaction<Schema>,
  { identityKeys, registerKey }: HolderKeys,
): Promise<string | undefined> {
  if (identityKeys.length === 0) return undefined;
  const candidates = await trx
    .selectFrom('document_identity_keys')
    .innerJoin('documents', 'documents.id', 'document_identity_keys.document_id')
    .select('documents.holder_id')
    .distinct()
    .where('identity_key', 'in', [...identityKeys])
    .execute();
  const holder = candidates.length === 1 ? candidates[0]?.holder_id : undefined;
  if (holder === undefined || registerKey === undefined) return holder;
  // A known register number would have been found above, so any the candidate has is another person's.
  const contradiction = await trx
    .selectFrom('documents')
    .select('id')
    .where('holder_id', '=', holder)
    .where('register_key', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return contradiction === undefined ? holder : undefined;
}

export async function createHolder(trx: Transaction<Schema>, createdAt: string): Promise<string> {
  const id = newId();
  await trx.insertInto('holders').values({ id, created_at: createdAt }).execute();
  return id;
}
