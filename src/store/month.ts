declare const brand: unique symbol;
/** `YYYY-MM`: the month in which a record's retention ends, and with it the key that opens it. */
export type Month = string & { readonly [brand]: true };

/** Stands where a month would: the key of records that a hold keeps past their month. */
export const held = 'held' as Month;

/** @param date `YYYY-MM-DD`, or an ISO 8601 date-time in UTC. */
export function monthOf(date: string): Month {
  if (!/^\d{4}-(0[1-9]|1[0-2])-\d{2}(T|$)/.test(date)) throw new RangeError('not a calendar date');
  return date.slice(0, 7) as Month;
}
