import type { Clock } from '../clock.js';
import type { ErrorFacts } from '../errors.js';
import { createAuditHeads, type HeadSigner } from '../oversight/auditHeads.js';
import type { Store } from '../store/store.js';

export interface RestoreNote {
  readonly signer: HeadSigner;
  readonly headsFile?: string | undefined;
  readonly clock: Clock;
  /** Who restores, as the trail notes it. */
  readonly actor: string;
}

/**
 * The entry that says why the trail no longer has what signed heads kept elsewhere say it had, under a signature of
 * its own. Nothing may be added before it: heads that a later entry took the place of stay unexplained.
 *
 * @returns its number.
 */
export async function noteRestore(
  store: Store,
  { actor, signer, headsFile, clock }: RestoreNote,
  facts: ErrorFacts,
): Promise<number> {
  await store.audit.append({
    client: 'facematch',
    actor,
    action: 'store.restored',
    outcome: 'done',
    facts: { ...facts, destroyedAgain: store.resumed, ledgerSeq: await store.ledger.lastSeq() },
  });
  const heads = createAuditHeads({
    trail: store.audit,
    signer,
    clock,
    file: headsFile,
    failed: () => undefined,
  });
  return (await heads.signHead()).seq;
}
