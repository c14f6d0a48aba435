import { z } from 'zod';

/** Readable text: no control characters, line separators or lone surrogates, no space at either end. */
const clean = /^(?!\s)[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+(?<!\s)$/u;

export const text = (maximum: number) => z.string().min(1).max(maximum).regex(clean);

/** A name as the holder writes it, with at least one letter. */
export const name = text(200).refine((value) => /\p{L}/u.test(value));

/** `YYYY-MM-DD`, a day that exists. */
export const day = z.iso.date();

/** `YYYY-MM-DD`, `YYYY-MM` or `YYYY`: some people's day or month of birth is not known. */
export const partialDay = z
  .string()
  .regex(/^\d{4}(-(0[1-9]|1[0-2])(-\d{2})?)?$/)
  .refine((value) => value.length < 10 || z.iso.date().safeParse(value).success);
