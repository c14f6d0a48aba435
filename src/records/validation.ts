import type { z } from 'zod';
import { FacematchError } from '../errors.js';

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly code: string;
}

/**
 * The value, checked against a schema.
 *
 * @throws FacematchError `validation` with JSON pointers (RFC 6901) and stable codes, never a value.
 */
export function validated<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw invalid(what, result.error.issues.flatMap(faultsOf));
}

export function invalid(what: string, found: readonly Fault[]): FacematchError {
  // One fault a field: a value that is too short breaks its pattern too.
  const paths = found.map(({ path }) => pointerOf(path));
  const faults = found.filter((_, index) => paths.indexOf(paths[index] ?? '') === index);
  return new FacematchError(
    'validation',
    `The ${what} has fields that are missing, unknown or not allowed.`,
    {
      pointers: faults.map(({ path }) => pointerOf(path)),
      codes: faults.map(({ code }) => code),
    },
  );
}

/** Names that are no plain identifiers are left out: a sender's mistake may have put a value there. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${/^([A-Za-z_]\w{0,63}|\d{1,4})$/.test(String(part)) ? String(part) : '?'}`)
    .join('');
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...issue.path, key], code: 'unknown' }));
    case 'invalid_type':
      return [{ path: issue.path, code: issue.input === undefined ? 'missing' : 'type' }];
    case 'custom':
      return [{ path: issue.path, code: String(issue.params?.['code'] ?? 'invalid') }];
    case 'too_big':
      return [{ path: issue.path, code: 'too-long' }];
    case 'too_small':
      return [{ path: issue.path, code: 'too-short' }];
    default:
      return [{ path: issue.path, code: 'invalid' }];
  }
}
