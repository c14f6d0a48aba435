const bands = [
  [0, '0-11'],
  [12, '12-17'],
  [18, '18-29'],
  [30, '30-44'],
  [45, '45-59'],
  [60, '60-74'],
  [75, '75+'],
] as const;

/**
 * The band of years that the figures on use are kept by: coarse, so that they name nobody.
 *
 * @param birthDate `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; the unknown part counts as its beginning.
 * @param on ISO 8601 date or date-time.
 */
export function ageBandOf(birthDate: string, on: string): string {
  const full = `${birthDate}-01-01`.slice(0, 10);
  const years = Number(on.slice(0, 4)) - Number(full.slice(0, 4));
  const age = on.slice(5, 10) < full.slice(5, 10) ? years - 1 : years;
  return bands.findLast(([from]) => age >= from)?.[1] ?? 'unknown';
}
