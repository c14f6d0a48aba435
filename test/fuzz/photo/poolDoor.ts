import { FacematchError } from '../../../src/errors.js';
import type { FacePool } from '../../../src/face/pool/face-pool.js';
import { sniffFormat } from '../../../src/face/sniff.js';
import { strip } from '../../../src/face/strip.js';
import type { AcceptedImage, FaceOutcome } from '../../../src/face/types.js';
import type { Findings } from '../findings.js';
import type { PhotoCase } from './cases.js';

const door = 'photo door, decoder process';

/** Reads photos in the real child processes and says what about the outcomes is wrong. */
export class PoolDoor {
  constructor(
    private readonly pool: FacePool,
    private readonly findings: Findings,
  ) {}

  /** The outcomes in the order of the cases; undefined where a photo got none. */
  async read(cases: readonly PhotoCase[]): Promise<(FaceOutcome | undefined)[]> {
    const results = await Promise.allSettled(cases.map(({ bytes }) => this.pool.read({ bytes })));
    const outcomes: (FaceOutcome | undefined)[] = [];
    for (const [i, result] of results.entries()) {
      const one = cases[i]!;
      if (result.status === 'fulfilled') {
        this.#check(one, result.value);
        outcomes.push(result.value);
      } else outcomes.push(await this.#alone(one, result.reason));
    }
    return outcomes;
  }

  /** Neighbours of a photo that killed or stopped a child fail with it, so each is tried again by itself. */
  async #alone(one: PhotoCase, first: unknown): Promise<FaceOutcome | undefined> {
    try {
      const outcome = await this.pool.read({ bytes: one.bytes });
      this.#check(one, outcome);
      return outcome;
    } catch (again) {
      this.findings.add(door, `${codeOf(first)}, and alone ${codeOf(again)}`, one.name, one.bytes);
      return undefined;
    }
  }

  #check(one: PhotoCase, outcome: FaceOutcome): void {
    for (const what of [...strippingFaults(one.bytes), ...outcomeFaults(one, outcome)])
      this.findings.add(door, what, one.name, one.bytes);
  }

  /** What is kept of an accepted photo is a photo itself: the same pixels, and nothing left to strip. */
  async keeps(one: PhotoCase, kept: AcceptedImage): Promise<void> {
    const again = await this.pool.accept({ bytes: kept.stripped });
    const isSame =
      again.kind === 'accepted' &&
      same(again.image.pixelDigest, kept.pixelDigest) &&
      same(again.image.stripped, kept.stripped);
    if (!isSame) this.findings.add(door, 'what is kept is not the same photo', one.name, one.bytes);
    const shown = await this.pool.show({ bytes: kept.stripped }, 'clerk-1 2026-01-01');
    const isJpeg = shown.kind === 'shown' && sniffFormat(shown.picture.jpeg) === 'jpeg';
    if (!isJpeg) this.findings.add(door, 'what is kept cannot be shown', one.name, one.bytes);
  }
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Stripping runs over untrusted bytes before any library sees them. */
function strippingFaults(bytes: Buffer): string[] {
  const format = sniffFormat(bytes);
  if (format === undefined) return [];
  try {
    const once = strip(bytes, format);
    if (once.kind !== 'stripped') return [];
    const twice = strip(once.bytes, format);
    return twice.kind === 'stripped' &&
      same(once.bytes, twice.bytes) &&
      twice.orientation === once.orientation
      ? []
      : [`stripping a stripped ${format} changes it`];
  } catch (error) {
    return [`stripping a ${format} throws ${error instanceof Error ? error.constructor.name : typeof error}`];
  }
}

function outcomeFaults({ bytes, planted }: PhotoCase, outcome: FaceOutcome): string[] {
  if (outcome.kind === 'refused') return [];
  const { image } = outcome;
  const faults: string[] = [];
  const kept = Buffer.from(image.stripped);
  if (planted.some((marker) => kept.includes(marker))) faults.push(`metadata of a ${image.format} is kept`);
  if (kept.length > bytes.length + 64) faults.push('stripping adds to a photo');
  if (image.pixelDigest.length !== 32) faults.push('a digest of another length');
  if (!(image.width * image.height <= 25_000_000 && Math.min(image.width, image.height) >= 32))
    faults.push('a photo beyond the limits is accepted');
  if (outcome.kind === 'embedded') {
    const length = Math.hypot(...outcome.embedding);
    if (!(Math.abs(length - 1) < 1e-3)) faults.push('an embedding is not of length 1');
    if (!outcome.measures.landmarks.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)))
      faults.push('a landmark is no point');
    if (!Number.isFinite(outcome.measures.quality.unified ?? 0)) faults.push('a quality is no number');
  }
  return faults;
}

const codeOf = (thrown: unknown): string => (thrown instanceof FacematchError ? thrown.code : String(thrown));
