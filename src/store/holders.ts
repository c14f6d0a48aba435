import type { Transaction } from 'kysely';
import { isFacematchError } from '../errors.js';
import { newId } from '../ids.js';
import { sameKey } from './crypto/keys.js';
import type { Schema } from './schema.js';
import { jsonValue, type KeyReference, type Vault } from './vault.js';

export interface HolderKeys {
  readonly registerKey?: Uint8Array | undefined;
  readonly identityKeys: readonly Uint8Array[];
  /**
   * Whether a stored record that shares a form of names and birth date is of the same person. Without it names lead
   * nowhere.
   */
  readonly samePerson?: ((record: unknown) => boolean) | undefined;
}

/** A document with what opens its record. */
interface Sealed extends KeyReference {
  readonly id: string;
  readonly record: Uint8Array;
}

/**
 * The holder a new document belongs to: the one with the same register number; else the only one who shares a form of
 * names and birth date and is by their record the same person, unless the register numbers contradict; else a new one.
 * In the document's transaction, so that two documents of a new holder that arrive together find one another.
 */
export async function resolveHolder(
  trx: Transaction<Schema>,
  vault: Vault,
  keys: HolderKeys,
  createdAt: string,
): Promise<string> {
  return (
    (keys.registerKey && (await holderByRegister(trx, keys.registerKey))) ??
    (await holderByPerson(trx, vault, keys)) ??
    (await createHolder(trx, createdAt))
  );
}

/**
 * The holder a document belongs to after its correction. With a register number that changed: its owner, else the
 * holder it had, if what is left there can be the same person. Without one: the holder it had as long as the record or
 * another of the holder's documents says so; else whoever it leads to now.
 */
export async function holderAfter(
  trx: Transaction<Schema>,
  vault: Vault,
  before: Sealed & Pick<Schema['documents'], 'holder_id' | 'register_key'>,
  change: HolderKeys & { readonly at: string },
): Promise<string> {
  const { registerKey } = change;
  const had = before.register_key ?? undefined;
  if (registerKey !== undefined && had !== undefined && sameKey(had, registerKey)) return before.holder_id;
  const owner = registerKey && (await holderByRegister(trx, registerKey));
  if (owner !== undefined) return owner;
  const others = await trx
    .selectFrom('documents')
    .select(['id', 'key_id', 'retention_ends', 'record', 'register_key'])
    .where('holder_id', '=', before.holder_id)
    .where('id', '!=', before.id)
    .execute();
  const ofSamePerson = (document: Sealed) => isOfSamePerson(vault, document, change);
  if (registerKey !== undefined) {
    const contradicts = others.some(({ register_key }) => register_key !== null);
    const stays = others.length === 0 || (!contradicts && (await some(others, ofSamePerson)));
    return stays ? before.holder_id : createHolder(trx, change.at);
  }
  const unchanged = had === undefined && (await ofSamePerson(before));
  if (others.length > 0 && (unchanged || (await some(others, ofSamePerson)))) return before.holder_id;
  const elsewhere = await holderByPerson(trx, vault, change, before.holder_id);
  return elsewhere ?? (others.length === 0 ? before.holder_id : createHolder(trx, change.at));
}

/** Nothing is kept of a holder whose last document went to another one. */
export async function removeWithoutDocuments(trx: Transaction<Schema>, holderId: string): Promise<void> {
  await trx
    .deleteFrom('holders')
    .where('id', '=', holderId)
    .where((holder) =>
      holder.not(
        holder.exists(
          holder.selectFrom('documents').select('documents.id').where('holder_id', '=', holderId),
        ),
      ),
    )
    .execute();
}

/** The holder whose documents have this register number. */
async function holderByRegister(
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

async function holderByPerson(
  trx: Transaction<Schema>,
  vault: Vault,
  keys: HolderKeys,
  but?: string,
): Promise<string | undefined> {
  const { identityKeys, registerKey } = keys;
  if (identityKeys.length === 0 || keys.samePerson === undefined) return undefined;
  const namesakes = await trx
    .selectFrom('documents')
    .select(['id', 'holder_id', 'key_id', 'retention_ends', 'record'])
    .where('id', 'in', (sub) =>
      sub
        .selectFrom('document_identity_keys')
        .select('document_id')
        .where('identity_key', 'in', [...identityKeys]),
    )
    .execute();
  const candidates = new Set<string>();
  for (const document of namesakes) {
    const { holder_id } = document;
    if (holder_id === but || candidates.has(holder_id)) continue;
    if (await isOfSamePerson(vault, document, keys)) candidates.add(holder_id);
  }
  // A known register number would have been found before, so any that a candidate has is another person's.
  const possible = registerKey === undefined ? candidates : await withoutRegister(trx, [...candidates]);
  const [only] = possible;
  return possible.size === 1 ? only : undefined;
}

async function withoutRegister(
  trx: Transaction<Schema>,
  holders: readonly string[],
): Promise<ReadonlySet<string>> {
  const registered = await trx
    .selectFrom('documents')
    .select('holder_id')
    .where('holder_id', 'in', [...holders])
    .where('register_key', 'is not', null)
    .execute();
  const known = new Set(registered.map(({ holder_id }) => holder_id));
  return new Set(holders.filter((holder) => !known.has(holder)));
}

async function some<T>(values: readonly T[], is: (value: T) => Promise<boolean>): Promise<boolean> {
  for (const value of values) if (await is(value)) return true;
  return false;
}

async function isOfSamePerson(vault: Vault, document: Sealed, { samePerson }: HolderKeys): Promise<boolean> {
  if (samePerson === undefined) return false;
  try {
    const record = await vault.open(document, document.id, 'document.record', document.record);
    return samePerson(jsonValue(record));
  } catch (error) {
    // Being destroyed: its key is gone and its row goes next.
    if (isFacematchError(error, 'not-found')) return false;
    throw error;
  }
}

async function createHolder(trx: Transaction<Schema>, createdAt: string): Promise<string> {
  const id = newId();
  await trx.insertInto('holders').values({ id, created_at: createdAt }).execute();
  return id;
}
