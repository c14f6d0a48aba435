import type { Clock } from '../clock.js';
import { type ErrorCode, FacematchError, isFacematchError } from '../errors.js';
import type {
  FaceReader,
  FailureToAcquireReason,
  ImageRefused,
  ReadOptions,
  UntrustedImage,
} from '../face/types.js';
import { newId } from '../ids.js';
import { by, type Caller, partyOf } from '../oversight/caller.js';
import { markNoted } from '../oversight/notedRefusals.js';
import type { KnownTransfer } from '../store/newDocument.js';
import type { AuditEntry, LookupKeys, NewDocument, Store } from '../store/store.js';
import { recordKeys } from './keys.js';
import { plus, type RetentionRules, retentionEnds, statutoryRetention } from './retention.js';
import {
  canonicalBytes,
  parseTransfer,
  type StatutoryRecord,
  type TransferSource,
} from './statutoryRecord.js';
import { supplement } from './supplement.js';
import { invalid } from './validation.js';

export interface Transfer {
  /** Parsed JSON, not yet validated. */
  readonly record: unknown;
  readonly photo: UntrustedImage;
  readonly signature?: UntrustedImage | undefined;
  readonly caller: Caller;
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Of a run that is audited as a whole: when nothing changes, the trail has no entry of this transfer alone. */
  readonly partOfRun?: true;
}

export interface TransferResult {
  readonly documentId: string;
  /** False when the same transfer was received before; nothing changed then. */
  readonly created: boolean;
  /** Whether the photo gave an embedding, or why not; the document is kept either way. */
  readonly embedding: 'embedded' | FailureToAcquireReason;
}

export interface Intake {
  /**
   * Takes a record in from production, pre-registration or billing.
   *
   * @throws FacematchError `forbidden-field`, `validation`, `retention-over` (already due for destruction),
   * `transfer-conflict` (same number and type, other content), `idempotency-mismatch`, the refusals of an image with
   * the fact `part` (`photo` or `signature`), `busy`, `deadline-exceeded`, `storage-full`, `store-unavailable`.
   * Nothing is stored then but the audit entry of a refusal.
   */
  transfer(transfer: Transfer): Promise<TransferResult>;
}

export interface IntakeParts {
  readonly store: Store;
  readonly faces: FaceReader;
  readonly clock: Clock;
  /** The law's periods unless given. */
  readonly retention?: RetentionRules | undefined;
}

const action = 'document.transfer';

/** Failures of the service, which decide nothing about the transfer. */
const passing = new Set<ErrorCode>([
  'busy',
  'deadline-exceeded',
  'reading-failed',
  'store-unavailable',
  'storage-full',
  'integrity-failure',
  'internal',
]);

export function createIntake({ store, faces, clock, retention = statutoryRetention }: IntakeParts): Intake {
  const take = async (transfer: Transfer): Promise<TransferResult> => {
    const checked = check(transfer, store.lookup, retention, clock());
    if (checked.idempotency !== undefined) await store.idempotency.find('document', checked.idempotency);
    const pixelsKey = async () => {
      const photo = await faces.accept(transfer.photo, optionsOf(transfer));
      if (photo.kind === 'refused') throw refused(photo, 'photo');
      return store.lookup.pixels(photo.image.pixelDigest);
    };
    const known: (KnownTransfer & { readonly supplemented?: boolean }) | undefined = await store.documents
      .findTransfer(checked)
      .catch((conflict: unknown) =>
        supplement(store, conflict, { ...checked, pixelsKey }, clock().toISOString(), (documentId) =>
          entry(transfer.caller, 'supplemented', documentId),
        ),
      );
    const stored =
      known === undefined
        ? await store.documents.create(await complete(transfer, checked, faces, store.lookup))
        : { ...known, created: false };
    if (!stored.created) {
      // What was added has its entry already.
      const noted = transfer.partOfRun || known?.supplemented;
      const audit = noted ? undefined : entry(transfer.caller, 'unchanged', stored.documentId);
      await store.documents.noteRepeat(stored.documentId, { idempotency: checked.idempotency, audit });
    }
    return {
      documentId: stored.documentId,
      created: stored.created,
      embedding: embeddingState(stored.embeddingState),
    };
  };
  return {
    transfer: async (transfer) => {
      try {
        return await take(transfer);
      } catch (error) {
        if (isFacematchError(error) && !passing.has(error.code)) {
          await store.audit.append(entry(transfer.caller, error.code));
          markNoted(error);
        }
        throw error;
      }
    },
  };
}

/** What is known of a document before its images are read. */
type CheckedTransfer = Omit<
  NewDocument,
  'id' | 'pixelsKey' | 'photo' | 'signature' | 'embedding' | 'audit' | 'source' | 'record'
> & { readonly source: TransferSource; readonly record: StatutoryRecord };

function check(
  transfer: Transfer,
  lookup: LookupKeys,
  retention: RetentionRules,
  now: Date,
): CheckedTransfer {
  const { source, record } = parseTransfer(transfer.record);
  const { document } = record;
  const today = now.toISOString().slice(0, 10);
  // A day of grace: it is already tomorrow east of here.
  if (document.issuedOn > plus(today, { days: 1 })) {
    throw invalid('record', [{ path: ['document', 'issuedOn'], code: 'in-the-future' }]);
  }
  const ends = retentionEnds(record, retention);
  if (ends <= today) {
    throw new FacematchError('retention-over', 'The record is already due for destruction.', {
      retentionEnds: ends,
    });
  }
  // The bytes as received, not as kept: a repeated transfer is known before its photo is read again.
  const signature = transfer.signature === undefined ? [] : [transfer.signature.bytes];
  const fingerprint = lookup.fingerprint(canonicalBytes(record), transfer.photo.bytes, ...signature);
  const { caller, idempotencyKey } = transfer;
  return {
    type: document.type,
    issuedOn: document.issuedOn,
    retentionEnds: ends,
    source,
    ...recordKeys(record, lookup),
    fingerprint,
    record,
    idempotency:
      idempotencyKey === undefined
        ? undefined
        : { key: lookup.idempotency(caller.client, idempotencyKey), fingerprint },
  };
}

const optionsOf = ({ signal, caller }: Transfer): ReadOptions => ({ signal, party: partyOf(caller) });

async function complete(
  transfer: Transfer,
  checked: CheckedTransfer,
  faces: FaceReader,
  lookup: LookupKeys,
): Promise<NewDocument> {
  const id = newId();
  const options = optionsOf(transfer);
  const face = await faces.read(transfer.photo, options);
  if (face.kind === 'refused') throw refused(face, 'photo');
  const signature = transfer.signature && (await faces.accept(transfer.signature, options));
  if (signature?.kind === 'refused') throw refused(signature, 'signature');
  return {
    ...checked,
    id,
    pixelsKey: lookup.pixels(face.image.pixelDigest),
    photo: face.image.stripped,
    signature: signature?.image.stripped,
    // The law requires the record of a good photo without a usable face too.
    embedding:
      face.kind === 'embedded'
        ? { model: face.model, vector: face.embedding }
        : { model: face.model, failure: face.reason },
    audit: entry(transfer.caller, 'created', id),
  };
}

function refused({ code, facts }: ImageRefused, part: 'photo' | 'signature'): FacematchError {
  return new FacematchError(code, `The ${part} is no image that can be kept.`, { ...facts, part });
}

function entry(caller: Caller, outcome: string, documentId?: string): AuditEntry {
  return {
    ...by(caller),
    action,
    subject: documentId === undefined ? undefined : { record: documentId },
    outcome,
  };
}

const embeddingStates = ['embedded', 'no-face', 'multiple-faces', 'face-too-small'] as const;

function embeddingState(stored: string): TransferResult['embedding'] {
  const state = embeddingStates.find((candidate) => candidate === stored);
  if (state === undefined) throw new FacematchError('integrity-failure', 'A stored state is unknown.');
  return state;
}
