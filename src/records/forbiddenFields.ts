import { FacematchError } from '../errors.js';
import { invalid, pointerOf } from './validation.js';

/**
 * What production destroys and never hands on: fingerprints, postal address, e-mail address and mobile number
 * (Belgian law of 10 February 2015 on passport data). Stems, in the languages senders use, of field names brought
 * to plain lower case letters.
 */
const stems = [
  'fingerprint',
  'fingertemplate',
  'empreinte',
  'vingerafdruk',
  'fingerabdruck',
  'address',
  'adress',
  'adres',
  'anschrift',
  'postcode',
  'postalcode',
  'zipcode',
  'codepostal',
  'postleitzahl',
  'email',
  'mailbox',
  'courriel',
  'mobile',
  'mobiel',
  'mobil',
  'handynummer',
  'gsm',
  'phone',
  'telefon',
  'telefoon',
  'cellular',
];
const wholeNames = new Set([
  'mail',
  'phone',
  'tel',
  'handy',
  'cell',
  'fax',
  'domicile',
  'wohnort',
  'woonplaats',
]);

const deepest = 16;

/**
 * Looks for forbidden fields at any depth, before anything else looks at the value.
 *
 * @throws FacematchError `forbidden-field` with the JSON pointers of the fields, never a value; `validation` when
 * the value is nested deeper than any record.
 */
export function refuseForbiddenFields(value: unknown, what: string): void {
  const found: string[] = [];
  walk(value, [], found, what);
  if (found.length === 0) return;
  throw new FacematchError('forbidden-field', `The ${what} holds fields that the law forbids to keep.`, {
    pointers: found,
  });
}

function walk(value: unknown, path: readonly PropertyKey[], found: string[], what: string): void {
  if (typeof value !== 'object' || value === null) return;
  if (path.length > deepest) throw invalid(what, [{ path, code: 'depth' }]);
  for (const [key, inner] of Object.entries(value)) {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    if (!Array.isArray(value) && isForbidden(key)) found.push(pointerOf(here));
    else walk(inner, here, found, what);
  }
}

function isForbidden(field: string): boolean {
  const plain = field
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '');
  return wholeNames.has(plain) || stems.some((stem) => plain.includes(stem));
}
