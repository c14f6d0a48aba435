import type { FaceReader } from '../face/types.js';
import type { Caller } from '../oversight/caller.js';
import { createIntake, type IntakeParts } from '../records/intake.js';
import type { Destination, EnrolmentTally } from './enrol.js';

export interface StoreDestination extends Destination {
  /** Notes the run in the audit trail, where documents that were stored before have no entry of their own. */
  finished(tally: EnrolmentTally): Promise<void>;
}

/** Straight into the store, which no service may hold at the same time. */
export function storeDestination(
  parts: Pick<IntakeParts, 'store' | 'clock'> & { readonly faces: FaceReader },
  caller: Caller,
): StoreDestination {
  const intake = createIntake(parts);
  return {
    transfer: (enrolment) => intake.transfer({ ...enrolment, caller, partOfRun: true }),
    async finished({ stored, unchanged, refused }) {
      await parts.store.audit.append({
        client: caller.client,
        actor: caller.person ?? caller.subject,
        action: 'document.enrolment',
        outcome: 'done',
        facts: { stored, unchanged, refused },
      });
    },
  };
}
