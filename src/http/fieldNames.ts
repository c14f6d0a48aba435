import { z } from 'zod';
import { FacematchError } from '../errors.js';
import type { Route } from './route.js';
import { forbiddenNames } from './strictJson.js';

/** Every name that a field of a request may have, in whatever route, and those that are refused anywhere. */
export type FieldNames = ReadonlySet<string>;

export function fieldNamesOf(routes: readonly Route[]): FieldNames {
  const names = new Set<string>(forbiddenNames);
  for (const { form, json, items, query } of routes) {
    for (const schema of [form?.schema, json?.schema, items?.schema, query])
      if (schema !== undefined)
        collect(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), names);
  }
  return names;
}

function collect(node: unknown, names: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [keyword, inner] of Object.entries(node)) {
    if (keyword === 'properties') for (const name of Object.keys(inner as object)) names.add(name);
    collect(inner, names);
  }
}

/**
 * The error without the names in its pointers that no request of ours has: whoever sends a value in the place of a name
 * must not find it in an answer. Which of the forbidden fields was sent stays, as only a name can be one.
 */
export function onlyKnownNames(error: FacematchError, names: FieldNames): FacematchError {
  const { pointers } = error.facts;
  if (!Array.isArray(pointers)) return error;
  const isForbidden = error.code === 'forbidden-field';
  const cleaned = pointers.map((pointer: string) =>
    pointer
      .split('/')
      .map((name, i, all) => {
        const isField = names.has(name) || (isForbidden && i === all.length - 1);
        return i === 0 || isField || /^\d{1,4}$/.test(name) ? name : '?';
      })
      .join('/'),
  );
  return new FacematchError(
    error.code,
    error.message,
    { ...error.facts, pointers: cleaned },
    { cause: error.cause },
  );
}
