import { z } from 'zod';
import { validated } from '../records/validation.js';

/** A line of the list: the statutory record, and where its images lie below the folder of photos. */
const entrySchema = z.strictObject({
  record: z.unknown().refine((value) => value !== undefined),
  photo: z.string().min(1).max(1024),
  signature: z.string().min(1).max(1024).optional(),
});

export type Entry = z.output<typeof entrySchema>;

/** @throws FacematchError `validation`, naming fields and never values; the record is checked where it is stored. */
export function parseEntry(value: unknown): Entry {
  return validated(entrySchema, value, 'line');
}
