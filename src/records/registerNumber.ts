/** The eleven digits of a Belgian National Register number, without the dots, dashes and spaces people write. */
export function normaliseRegisterNumber(written: string): string {
  return written.replaceAll(/[\s.\-/]/g, '');
}

/**
 * Whether the last two digits are the check number: 97 minus the remainder by 97 of the first nine, with a 2 before
 * them for births from 2000 on (Royal Decree of 3 April 1984 on the composition of the number). Takes any spelling.
 */
export function registerNumberValid(written: string): boolean {
  const digits = normaliseRegisterNumber(written);
  if (!/^\d{11}$/.test(digits)) return false;
  const check = Number(digits.slice(9));
  const first = Number(digits.slice(0, 9));
  return [first, 2_000_000_000 + first].some((number) => 97 - (number % 97) === check);
}
