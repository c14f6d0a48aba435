import type { Clock } from '../clock.js';
import { createAuditHeads, type HeadSigner } from '../oversight/auditHeads.js';
import { lookupKey, masterKey } from '../store/crypto/keys.js';
import { held } from '../store/month.js';
import type { AuditEntry, Store } from '../store/store.js';

/** Who changes a key. */
type By = Pick<AuditEntry, 'client' | 'actor'>;

/**
 * Wraps the month keys under a new master key. Takes as long as there are months; no record is touched.
 *
 * @param key 32 random bytes, already safe in a file of their own.
 */
export async function rotateMasterKey(store: Store, key: Uint8Array, by: By): Promise<void> {
  const wrapping = masterKey(key);
  await noted(store, by, 'master', 'begun');
  await store.keyring.rotateMaster(wrapping);
  await noted(store, by, 'master', 'done');
}

/**
 * Gives every month a new key and wraps its data keys under it; no record is re-encrypted.
 *
 * @param progress told after each month.
 */
export async function rotateMonthKeys(
  store: Store,
  by: By,
  progress: (done: number, months: number) => void,
): Promise<void> {
  await noted(store, by, 'months', 'begun');
  const months = [...(await store.keyring.months()), held];
  for (const [index, month] of months.entries()) {
    await store.keyring.rotateMonth(month);
    progress(index + 1, months.length);
  }
  await noted(store, by, 'months', 'done');
}

/**
 * Replaces every look-up hash by one under a new key, in one transaction. The store has to be opened again with the
 * longer chain of keys.
 *
 * @param key 32 random bytes, already safe in a file behind those before it.
 */
export async function rotateLookupKey(store: Store, key: Uint8Array, by: By): Promise<void> {
  const next = lookupKey(key);
  await noted(store, by, 'lookup', 'begun');
  await store.rotateLookup(next);
  await noted(store, by, 'lookup', 'done');
}

/** The end of the trail signed with the old key, an entry that names the new public key, and all of it with the new. */
export async function rotateAuditKey(
  store: Store,
  signers: { readonly from: HeadSigner; readonly to: HeadSigner; readonly headsFile?: string | undefined },
  clock: Clock,
  by: By,
): Promise<void> {
  const heads = (signer: HeadSigner) =>
    createAuditHeads({
      trail: store.audit,
      signer,
      clock,
      file: signers.headsFile,
      failed: () => undefined,
    });
  await heads(signers.from).signHead();
  await noted(store, by, 'audit', 'done', { publicKey: Buffer.from(signers.to.publicKey).toString('hex') });
  await heads(signers.to).signHead();
}

/** Begun before the key changes and done after it: a crash between the two shows in the trail. */
function noted(
  store: Store,
  by: By,
  key: string,
  outcome: 'begun' | 'done',
  facts: Record<string, string> = {},
): Promise<void> {
  return store.audit.append({ ...by, action: 'keys.rotated', outcome, facts: { key, ...facts } });
}
