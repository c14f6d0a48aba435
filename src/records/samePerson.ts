import { normaliseName } from './names.js';
import type { StatutoryRecord } from './statutoryRecord.js';

type Person = Pick<StatutoryRecord['holder'], 'birthDate' | 'birthPlace' | 'sex' | 'nationality'>;

/**
 * Whether two records that share a form of their names can be taken to be of one person where no register number says
 * so: the same full birth date, place of birth and sex, and no two nationalities. Names and birth date alone fit
 * namesakes too, and a year of birth fits many of them; whoever is kept apart by mistake is met as a conflict of
 * identities, which a person looks at, while two people taken for one would go unnoticed.
 */
export function samePerson(a: Person, b: Person): boolean {
  return (
    a.birthDate === b.birthDate &&
    a.birthDate.length === 'YYYY-MM-DD'.length &&
    samePlace(a.birthPlace, b.birthPlace) &&
    a.sex === b.sex &&
    (a.nationality === undefined || b.nationality === undefined || a.nationality === b.nationality)
  );
}

/** However it is spelled: accents, case, spaces and hyphens do not count. Two names of one town do. */
export function samePlace(a: string, b: string): boolean {
  return normaliseName(a) === normaliseName(b);
}
