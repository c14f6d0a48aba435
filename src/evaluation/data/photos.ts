import { readdirSync } from 'node:fs';
import { FacematchError } from '../../errors.js';

/** Paths of all JPEG, PNG and WebP files below a folder, sorted, with forward slashes. */
export function photosIn(folder: string): string[] {
  let entries: string[];
  try {
    entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (cause) {
    throw new FacematchError('input-invalid', `The folder ${folder} cannot be read.`, {}, { cause });
  }
  const photos = entries
    .map((entry) => entry.replaceAll('\\', '/'))
    .filter((entry) => /\.(jpe?g|png|webp)$/i.test(entry))
    .sort();
  if (photos.length === 0) throw new FacematchError('input-invalid', `The folder ${folder} holds no photo.`);
  return photos;
}
