import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { FacematchError } from '../../errors.js';

export interface Pair {
  /** Paths below the folder of images. */
  readonly a: string;
  readonly b: string;
  readonly mated: boolean;
  /** Part of a cross-validation the pair belongs to. */
  readonly fold?: string | undefined;
}

const rowSchema = z.object({
  a: z.string().min(1),
  b: z.string().min(1),
  mated: z.enum(['0', '1']),
  fold: z.string().min(1).optional(),
});

/** Rows of a CSV file with a header; refuses (`input-invalid`) what is no CSV or has no row. */
export function readRows(file: string, what: string): unknown[] {
  let rows: unknown[];
  try {
    rows = parse(readFileSync(file), { columns: true, skip_empty_lines: true, trim: true, bom: true });
  } catch (cause) {
    throw new FacematchError('input-invalid', `The ${what} ${file} cannot be read as CSV.`, {}, { cause });
  }
  if (rows.length === 0) throw new FacematchError('input-invalid', `The ${what} ${file} is empty.`);
  return rows;
}

/**
 * Reads a pair list with the columns `a,b,mated` (1 same person, 0 different) and, where it is cut into folds,
 * `fold`; refuses (`input-invalid`) any other.
 */
export function readPairs(file: string): Pair[] {
  return readRows(file, 'pair list').map((row, index) => {
    const parsed = rowSchema.safeParse(row);
    if (!parsed.success) {
      throw new FacematchError(
        'input-invalid',
        `Line ${index + 2} of ${file} needs a, b and mated (0 or 1).`,
      );
    }
    const { a, b, mated, fold } = parsed.data;
    return { a, b, mated: mated === '1', ...(fold === undefined ? {} : { fold }) };
  });
}

/** The photos a pair list names, each once, sorted. */
export function photosOf(pairs: readonly Pair[]): string[] {
  return [...new Set(pairs.flatMap((pair) => [pair.a, pair.b]))].sort();
}

/** The identity of a photo: the name of its folder. */
export function identityOf(photo: string): string {
  const slash = photo.lastIndexOf('/');
  return slash < 0 ? photo : photo.slice(0, slash);
}

/** The photos of each identity, in their order. */
export function byIdentity(photos: Iterable<string>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const photo of photos) {
    const identity = identityOf(photo);
    const own = groups.get(identity);
    if (own === undefined) groups.set(identity, [photo]);
    else own.push(photo);
  }
  return groups;
}
