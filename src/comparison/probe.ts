import type { Clock } from '../clock.js';
import type { AcceptedImage, FaceOutcome, FaceReader, ReadOptions, UntrustedImage } from '../face/types.js';
import { retentionOfComparison } from '../records/retention.js';
import type { SealedPhoto, Store } from '../store/store.js';

/** A photo at work. */
export interface Probe {
  /** Rejects as {@link FaceReader.read} does; need not be awaited. */
  readonly read: Promise<FaceOutcome>;
  /** The photo as the comparison stores it: begun as soon as the photo is accepted, while its face is being read. */
  sealed(image: AcceptedImage): Promise<SealedPhoto>;
  /** Ends a read that nobody needs any more. */
  giveUp(): void;
}

/** @param id of the comparison that the probe is for. */
export function beginProbe(
  { store, faces, clock }: { readonly store: Store; readonly faces: FaceReader; readonly clock: Clock },
  id: string,
  photo: UntrustedImage,
  { signal, ...options }: Omit<ReadOptions, 'accepted'>,
): Probe {
  const ending = new AbortController();
  const giveUp = (): void => ending.abort(signal?.reason);
  if (signal?.aborted) giveUp();
  else signal?.addEventListener('abort', giveUp, { once: true });

  let sealing: Promise<SealedPhoto> | undefined;
  const sealed = ({ stripped }: AcceptedImage): Promise<SealedPhoto> => {
    sealing ??= store.comparisons.sealPhoto(id, stripped, retentionOfComparison(clock()).probe);
    return sealing;
  };
  const accepted = (image: AcceptedImage): void => void sealed(image).catch(() => undefined);
  const read = faces.read(photo, { ...options, accepted, signal: ending.signal });
  // A signal made of others lives as long as somebody listens to it, and this photo with it.
  const ended = (): void => signal?.removeEventListener('abort', giveUp);
  read.then(ended, ended);
  return { read, sealed, giveUp };
}
