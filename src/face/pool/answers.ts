import type { AcceptedImage, UntrustedImage } from '../types.js';
import { type Imageless, isReport, type Job, type JobResult, type SentResult } from './messages.js';

/**
 * What a child sent as the answer to a job, in memory of its own; undefined where it is none. What arrives are views
 * on the whole message, so one embedding would keep a batch of photos alive, and its `.buffer` would hold other
 * people's.
 * @param ahead the accepted image, if it was sent before: a photo that was accepted is not refused any more
 */
export function answerTo(
  job: Job,
  sent: SentResult | undefined,
  ahead: AcceptedImage | undefined,
): JobResult | undefined {
  if (sent?.kind === 'error') return isReport(sent.error) ? sent : undefined;
  if (ahead !== undefined) return sent?.kind === 'rest' ? readAnswer(sent.outcome, ahead) : undefined;
  if (sent?.kind === 'rest' || sent?.kind !== job.kind) return undefined;
  if (sent.outcome?.kind === 'refused') return sent;
  if (sent.kind === 'show') return ownPicture(sent);
  const image = ownImage(sent.outcome?.image, job.image);
  if (image === undefined) return undefined;
  if (sent.kind === 'accept') return { kind: 'accept', outcome: { kind: 'accepted', image } };
  return job.kind === 'read' && job.ahead ? undefined : readAnswer(sent.outcome, image);
}

/** Bytes by which stripping may lengthen an image: its own block for the orientation, a marker of the end. */
const mostAdded = 256;

/** The image in memory of its own; undefined where it cannot be what is left of `received`. */
export function ownImage(
  image: AcceptedImage | undefined,
  received: UntrustedImage,
): AcceptedImage | undefined {
  const { format, width, height, stripped, pixelDigest } = image ?? {};
  if (format !== 'jpeg' && format !== 'png' && format !== 'webp') return undefined;
  if (!isSide(width) || !isSide(height)) return undefined;
  if (!(stripped instanceof Uint8Array) || stripped.length > received.bytes.length + mostAdded)
    return undefined;
  if (!(pixelDigest instanceof Uint8Array) || pixelDigest.length !== 32) return undefined;
  return {
    format,
    width,
    height,
    stripped: new Uint8Array(stripped),
    pixelDigest: new Uint8Array(pixelDigest),
  };
}

const isSide = (pixels: number | undefined): pixels is number =>
  Number.isInteger(pixels) && Number(pixels) > 0;

function readAnswer(outcome: Imageless, image: AcceptedImage): JobResult | undefined {
  if (outcome?.kind === 'failure-to-acquire') return { kind: 'read', outcome: { ...outcome, image } };
  if (outcome?.kind !== 'embedded' || !(outcome.embedding instanceof Float32Array)) return undefined;
  return { kind: 'read', outcome: { ...outcome, image, embedding: new Float32Array(outcome.embedding) } };
}

function ownPicture({ kind, outcome }: Extract<JobResult, { kind: 'show' }>): JobResult | undefined {
  if (outcome?.kind !== 'shown' || !(outcome.picture?.jpeg instanceof Uint8Array)) return undefined;
  const jpeg = new Uint8Array(outcome.picture.jpeg);
  return { kind, outcome: { ...outcome, picture: { ...outcome.picture, jpeg } } };
}
