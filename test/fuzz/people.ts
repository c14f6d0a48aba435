import { type Holder, photo } from '../support/office.js';

let people = 0;
const dayMs = 24 * 3_600_000;

/** Another invented person each time, for as many as a long run needs: with one passport and a right check number. */
export function inventPerson(familyName: string, bytes: readonly Buffer[] = [Buffer.alloc(0)]): Holder {
  const person = people++;
  // As many a day as serial numbers allow, from 1950 on.
  const birthDate = new Date(Date.UTC(1950, 0, 1) + Math.floor(person / 400) * dayMs)
    .toISOString()
    .slice(0, 10);
  const serial = String((person % 400) * 2 + 2).padStart(3, '0');
  const digits = `${birthDate.slice(2).replaceAll('-', '')}${serial}`;
  return {
    familyName,
    givenNames: ['Ann'],
    birthDate,
    registerNumber: `${digits}${String(97 - (Number(digits) % 97)).padStart(2, '0')}`,
    passports: bytes.map((one, i) => ({
      number: `FZ${i}${String(person).padStart(6, '0')}`,
      issuedOn: `20${10 + 6 * i}-03-01`,
      photo: photo(one),
    })),
  };
}
