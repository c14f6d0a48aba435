import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { FacematchError } from '../errors.js';

export interface Pair {
  /** Paths below the folder of images. */
  readonly a: string;
  readonly b: string;
  readonly mated: boolean;
}

const rowSchema = z.object({ a: z.string().min(1), b: z.string().min(1), mated: z.enum(['0', '1']) });

/** Reads a pair list with the columns `a,b,mated` (1 same person, 0 different); refuses (`input-invalid`) any other. */
export function readPairs(file: string): Pair[] {
  let rows: unknown[];
  try {
    rows = parse(readFileSync(file), { columns: true, skip_empty_lines: true, trim: true, bom: true });
  } catch (cause) {
    throw new FacematchError('input-invalid', `The pair list ${file} cannot be read as CSV.`, {}, { cause });
  }
  if (rows.length === 0) throw new FacematchError('input-invalid', `The pair list ${file} is empty.`);
  return rows.map((row, index) => {
    const parsed = rowSchema.safeParse(row);
    if (!parsed.success) {
      throw new FacematchError(
        'input-invalid',
        `Line ${index + 2} of ${file} needs a, b and mated (0 or 1).`,
      );
    }
    return { a: parsed.data.a, b: parsed.data.b, mated: parsed.data.mated === '1' };
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
