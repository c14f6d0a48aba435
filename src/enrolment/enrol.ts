import { setTimeout as sleep } from 'node:timers/promises';
import { Budget } from '../budget.js';
import { type ErrorCode, FacematchError, isFacematchError } from '../errors.js';
import type { UntrustedImage } from '../face/types.js';
import { pointerOf } from '../records/validation.js';
import { parseEntry } from './entry.js';
import type { Line } from './lines.js';
import type { PhotoFolder } from './photoFolder.js';

export interface Enrolment {
  readonly record: unknown;
  readonly photo: UntrustedImage;
  readonly signature?: UntrustedImage | undefined;
}

/** Where documents go: the store itself, or a service. */
export interface Destination {
  /** Storing the same document again changes nothing. Throws the codes of a transfer. */
  transfer(enrolment: Enrolment): Promise<{ readonly created: boolean; readonly embedding: string }>;
}

/** Why a line was not stored: codes and names of fields, nothing of what the line holds. */
export interface Refusal {
  readonly line: number;
  readonly code: ErrorCode;
  /** JSON pointers (RFC 6901) into the line. */
  readonly fields?: readonly string[];
  readonly faults?: readonly string[];
}

export interface EnrolmentTally {
  /** Lines dealt with: the four below together. */
  readonly lines: number;
  readonly stored: number;
  /** Stored before. */
  readonly unchanged: number;
  readonly refused: number;
  /** Of those stored, how many photos gave no embedding. */
  readonly withoutEmbedding: number;
}

export interface EnrolmentParts {
  readonly lines: AsyncIterable<Line>;
  readonly photos: PhotoFolder;
  readonly destination: Destination;
  /** Strictly parsed JSON of a line; throws `malformed-json` or `validation`. */
  readonly parse: (bytes: Uint8Array) => unknown;
  /** Documents at work at a time: enough that photos share batches and documents share commits. */
  readonly inFlight: number;
  readonly onProgress?: (tally: EnrolmentTally) => void;
  readonly onRefused?: (refusal: Refusal) => void;
  /** Once aborted no further line begins; those at work are finished. */
  readonly signal?: AbortSignal;
}

/** The same will do in a moment. */
const later = new Set<ErrorCode>(['busy', 'rate-limited']);
/** A photo may share these with whatever else the child process was reading; it gets a second try. */
const shared = new Set<ErrorCode>(['deadline-exceeded', 'reading-failed', 'internal']);

/** What is said of a line. Anything else stops the run, which goes on where it was when it is started again. */
const refusals = new Set<ErrorCode>([
  'photo-missing',
  'photo-empty',
  'photo-too-large',
  'unsupported-image',
  'image-type-mismatch',
  'image-too-many-pixels',
  'image-dimensions',
  'image-corrupt',
  'image-colour',
  'malformed-json',
  'body-missing',
  'body-too-large',
  'validation',
  'forbidden-field',
  'transfer-conflict',
  'retention-over',
  ...shared,
]);

/**
 * Stores the documents of a list, several at a time. A line that cannot be stored is reported and the others go on.
 *
 * @throws FacematchError what stops the run: `store-unavailable`, `storage-full`, … Whatever was stored stays.
 */
export async function enrol(parts: EnrolmentParts): Promise<EnrolmentTally> {
  const { destination, photos, signal } = parts;
  const tally = { lines: 0, stored: 0, unchanged: 0, refused: 0, withoutEmbedding: 0 };
  const places = new Budget(parts.inFlight);
  const running = new Set<Promise<void>>();
  let failure: unknown;

  const load = async ({ bytes }: Line): Promise<Enrolment> => {
    if (bytes === undefined) throw new FacematchError('body-too-large', 'A line is over its limit.');
    const { record, photo, signature } = parseEntry(parts.parse(bytes));
    return {
      record,
      photo: await photos.read(photo),
      signature: signature === undefined ? undefined : await photos.read(signature),
    };
  };

  const take = async (line: Line): Promise<void> => {
    try {
      const enrolment = await load(line);
      const { created, embedding } = await patiently(() => destination.transfer(enrolment));
      if (created) tally.stored++;
      else tally.unchanged++;
      if (created && embedding !== 'embedded') tally.withoutEmbedding++;
    } catch (error) {
      if (!isFacematchError(error) || !refusals.has(error.code)) throw error;
      tally.refused++;
      parts.onRefused?.(refusalOf(line, error));
    }
    tally.lines++;
    parts.onProgress?.({ ...tally });
  };

  for await (const line of parts.lines) {
    const leave = await places.take(1);
    if (failure !== undefined || signal?.aborted) break;
    const work = take(line)
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => {
        running.delete(work);
        leave();
      });
    running.add(work);
  }
  await Promise.all(running);
  if (failure !== undefined) throw failure;
  return tally;
}

/** Waits while photos are turned away, and tries once more what may have been another photo's fault. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  let failed = false;
  for (let pause = 20; ; pause = Math.min(2 * pause, 1000)) {
    try {
      return await work();
    } catch (error) {
      if (!isFacematchError(error)) throw error;
      if (!later.has(error.code)) {
        if (failed || !shared.has(error.code)) throw error;
        failed = true;
      }
    }
    await sleep(pause);
  }
}

function refusalOf({ number }: Line, { code, facts }: FacematchError): Refusal {
  const fields = facts['pointers'];
  const faults = facts['codes'];
  return {
    line: number,
    code,
    ...(isList(fields) && { fields: fields.map((pointer) => pointerOf(pointer.split('/').slice(1))) }),
    ...(isList(faults) && { faults }),
  };
}

const isList = (fact: unknown): fact is readonly string[] => Array.isArray(fact);
