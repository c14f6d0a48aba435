import { FacematchError } from '../errors.js';

export type UploadGate = <T>(party: string, work: () => Promise<T>) => Promise<T>;

/**
 * Bounds the memory that photos take: an upload holds its place until its answer is ready. A party may hold as many
 * places as it leaves free (A. K. Choudhury and E. L. Hahne, Dynamic queue length thresholds, 1998): alone half of them,
 * and however many flood the service, the next one finds some.
 *
 * Throws `busy`.
 */
export function uploadGate(most: number): UploadGate {
  const held = new Map<string, number>();
  let uploads = 0;
  return async (party, work) => {
    const own = held.get(party) ?? 0;
    if (own >= most - uploads) {
      throw new FacematchError('busy', 'As many uploads as allowed are being handled.');
    }
    held.set(party, own + 1);
    uploads++;
    try {
      return await work();
    } finally {
      uploads--;
      const left = (held.get(party) ?? 1) - 1;
      if (left > 0) held.set(party, left);
      else held.delete(party);
    }
  };
}
