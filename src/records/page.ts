import { z } from 'zod';
import { invalid } from './validation.js';

/** What every list takes: how many items, and where the page before ended. */
export const pageQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).optional().describe('Items of a page; 50 unless given'),
  cursor: z.string().max(200).optional().describe('`next` of the page before'),
});

export const defaultPageSize = 50;

/** A page of items with the cursor of the next one, null on the last. */
export const pageSchema = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() });

/** A place in a list, as text that a caller hands back unchanged. It names no more than an id and a moment. */
export function cursorOf(place: readonly string[]): string {
  return Buffer.from(JSON.stringify(place), 'utf8').toString('base64url');
}

/**
 * @param parts how many texts the place is made of.
 * @throws FacematchError `validation`
 */
export function placeOf(cursor: string | undefined, parts: number): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const known = Array.isArray(place) && place.length === parts;
    if (known && place.every((part): part is string => typeof part === 'string')) return place;
  } catch {
    // No JSON: refused as any other text that is no cursor of ours.
  }
  throw invalid('query', [{ path: ['cursor'], code: 'invalid' }]);
}

/** The items of a page out of one more than it holds, and whether there are further ones. */
export function cut<T>(found: readonly T[], limit: number): { items: readonly T[]; last: T | undefined } {
  const items = found.slice(0, limit);
  return { items, last: found.length > limit ? items.at(-1) : undefined };
}
