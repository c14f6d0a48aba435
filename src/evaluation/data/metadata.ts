import { z } from 'zod';
import { FacematchError } from '../../errors.js';
import type { Acquired } from '../embedding/embeddings.js';
import { identityOf, readRows } from './pairs.js';

const rowSchema = z.record(z.string(), z.string());

/**
 * Reads one column of a metadata file as the group of a photo. The file has a column `photo` (path below the folder
 * of images) or `identity` (folder name); an empty value means no group. Refuses (`input-invalid`) a file without it.
 */
export function readGroups(file: string, column: string): (photo: string) => string | undefined {
  const rows = readRows(file, 'metadata file').map((row) => rowSchema.parse(row));
  const key = rows[0]?.['photo'] !== undefined ? 'photo' : 'identity';
  if (rows[0]?.[key] === undefined || rows[0][column] === undefined) {
    throw new FacematchError(
      'input-invalid',
      `The metadata file ${file} needs a column "photo" or "identity" and a column "${column}".`,
    );
  }
  const groups = new Map(rows.map((row) => [row[key], row[column] || undefined]));
  return (photo) => groups.get(key === 'photo' ? photo : identityOf(photo));
}

/** Groups by how sharp the aligned face is among these photos: shows what blur does to the rates. */
export function sharpnessGroups(
  acquired: ReadonlyMap<string, Acquired>,
): (photo: string) => string | undefined {
  const sharpness = new Map(
    [...acquired].flatMap(([photo, result]) =>
      result.kind === 'embedded' ? [[photo, result.sharpness]] : [],
    ),
  );
  const rising = [...sharpness.values()].sort((a, b) => a - b);
  const shares = [0, 0.02, 0.1, 0.5, 1];
  const bounds = shares.slice(1).map((share, i) => {
    const limit = rising[Math.ceil(share * rising.length) - 1] ?? 0;
    return { limit, name: `${100 * (shares[i] ?? 0)} to ${100 * share}% (up to ${limit.toFixed(0)})` };
  });
  return (photo) => {
    const own = sharpness.get(photo);
    return own === undefined ? undefined : bounds.find(({ limit }) => own <= limit)?.name;
  };
}
