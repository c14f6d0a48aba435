import { z } from 'zod';
import { FacematchError } from '../errors.js';
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
