/** How long a run goes on: until so many tries were made, or for so long. */
export type Extent = { readonly cases: number } | { readonly minutes: number };

/** @param started milliseconds since 1970 */
export function isOver(extent: Extent, started: number, cases: number): boolean {
  return 'cases' in extent ? cases >= extent.cases : Date.now() - started >= extent.minutes * 60_000;
}
