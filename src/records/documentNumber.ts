/** A document number as it is looked up: upper case letters and digits only (ICAO 9303 part 3 allows no others). */
export function normaliseDocumentNumber(written: string): string {
  return written
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '');
}
