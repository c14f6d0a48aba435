import { FacematchError } from '../errors.js';
import type { Caller } from './caller.js';

/** @throws FacematchError `person-required` where the token names nobody */
export function personOf(caller: Caller): string {
  if (caller.person !== undefined) return caller.person;
  throw new FacematchError('person-required', 'The token names no person.');
}
