declare const brand: unique symbol;
/** `YYYY-MM`: the month in which a record's retention ends, and with it the key that opens it. */
export type Month = string & { readonly [brand]: true };

/** @param date `YYYY-MM-DD`, or an ISO 8601 date-time in UTC. */
export function monthOf(date: string): Month {
  if (!/^\d{4}-(0[1-9]|1[0-2])-\d{2}(T|$)/.test(date)) throw new RangeError('not a calendar date');
  return date.slice(0, 7) as Month;
}
