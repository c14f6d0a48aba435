import type { AuditReader, KeptHead } from '../store/auditReader.js';
import { sameKey } from '../store/crypto/keys.js';
import { headVerifies } from './auditHeads.js';

export type AuditFault =
  /** This entry was edited, removed, inserted or moved. */
  | 'chain-broken'
  /** The trail ends before a signed head: entries were cut off. */
  | 'truncated'
  /** The entry at a signed head is another one: the trail was written anew up to here. */
  | 'head-differs'
  | 'signature-invalid'
  /** No head is signed with the key that was given. */
  | 'unsigned'
  /** The name of an entry's actor was removed before its time. */
  | 'name-missing';

export type AuditVerification =
  | {
      readonly intact: true;
      readonly entries: number;
      /** The last entry under a signature of the trusted key; later ones are chained but not yet signed. */
      readonly signedUpTo: number;
      readonly heads: number;
      /** Restores of an older database, noted in the trail; signed heads they replaced are not held against it. */
      readonly restores: number;
    }
  | { readonly intact: false; readonly fault: AuditFault; readonly seq: number };

interface Expected extends KeptHead {
  readonly kept: 'database' | 'elsewhere';
}

/**
 * Checks the whole trail: each entry's place in the chain, and the chain against every signed head. A head kept
 * elsewhere that the trail no longer has is excused only by a later entry of a restore that itself lies under a
 * signature of the trusted key.
 *
 * @param options.publicKey the key whose signature counts, 32 bytes; without it any signature that verifies does.
 * @param options.heads heads kept outside the database.
 */
export async function verifyTrail(
  trail: AuditReader,
  options: { readonly publicKey?: Uint8Array | undefined; readonly heads?: readonly KeptHead[] } = {},
): Promise<AuditVerification> {
  const expected: Expected[] = [
    ...(await trail.heads()).map((head) => ({ ...head, kept: 'database' as const })),
    ...(options.heads ?? []).map((head) => ({ ...head, kept: 'elsewhere' as const })),
  ].sort((a, b) => a.seq - b.seq);
  const trusts = (head: KeptHead) =>
    options.publicKey === undefined || sameKey(head.publicKey, options.publicKey);
  const invalid = expected.find((head) => !headVerifies(head));
  if (invalid !== undefined) return { intact: false, fault: 'signature-invalid', seq: invalid.seq };

  const restores: { seq: number; at: string }[] = [];
  const missed: { head: Expected; fault: 'truncated' | 'head-differs' }[] = [];
  let entries = 0;
  let next = 0;
  let signedUpTo = 0;
  const broken = await trail.walk((row) => {
    entries = row.seq;
    if (row.action === 'store.restored') restores.push({ seq: row.seq, at: row.at });
    for (let head = expected[next]; head !== undefined && head.seq <= row.seq; head = expected[++next]) {
      if (head.seq === 0) continue;
      if (head.seq !== row.seq || !sameKey(head.hash, row.hash)) missed.push({ head, fault: 'head-differs' });
      else if (trusts(head)) signedUpTo = head.seq;
    }
  });
  if (broken !== undefined) return { intact: false, fault: 'chain-broken', seq: broken };
  for (const head of expected.slice(next)) missed.push({ head, fault: 'truncated' });

  for (const { head, fault } of missed) {
    const replaced =
      head.kept === 'elsewhere' &&
      restores.some(({ seq, at }) => seq <= head.seq && at >= head.at && seq <= signedUpTo);
    if (!replaced) {
      return { intact: false, fault, seq: fault === 'truncated' ? entries + 1 : head.seq };
    }
  }
  if (options.publicKey !== undefined && entries > 0 && signedUpTo === 0) {
    return { intact: false, fault: 'unsigned', seq: entries };
  }
  if ((await trail.namesMissing()) > 0) return { intact: false, fault: 'name-missing', seq: entries };
  return { intact: true, entries, signedUpTo, heads: expected.length, restores: restores.length };
}
