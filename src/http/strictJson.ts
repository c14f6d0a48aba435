import { visit } from 'jsonc-parser';
import { FacematchError } from '../errors.js';

/** Deeper documents are refused before they are parsed; ours need four levels. */
const maxDepth = 32;

/** Names through which a parsed document could reach an object's prototype (CWE-1321). */
export const forbiddenNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses JSON (RFC 8259) that two parsers cannot read in two ways. Throws `body-missing` for nothing at all,
 * `malformed-json` for what is no JSON or names a field twice, and `validation` with pointers and codes for invalid UTF-8,
 * NUL, lone surrogates, replacement characters (the trace of text damaged on its way), numbers that lose
 * precision, names that reach prototypes and nesting deeper than 32. No error carries any of the input.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw new FacematchError('body-missing', 'The JSON document is empty.');
  const json = decodeUtf8(bytes);
  if (json.trim() === '') throw new FacematchError('body-missing', 'The JSON document is empty.');
  checkDepth(json);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // JSON.parse quotes the input in its message, so the error is not passed on.
    throw new FacematchError('malformed-json', 'The document is no JSON.');
  }
  checkContent(json);
  return value;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid([''], ['utf8']);
  }
}

/** Runs before the parsers, which are recursive. */
function checkDepth(json: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (inString) {
      if (character === '\\') i++;
      else if (character === '"') inString = false;
    } else if (character === '"') {
      inString = true;
    } else if (character === '[' || character === '{') {
      if (++depth > maxDepth) throw invalid([''], ['depth']);
    } else if (character === ']' || character === '}') {
      depth--;
    }
  }
}

function checkContent(json: string): void {
  const pointers: string[] = [];
  const codes: string[] = [];
  const open: Set<string>[] = [];
  const fault = (path: readonly (string | number)[], code: string) => {
    pointers.push(toPointer(path));
    codes.push(code);
  };
  visit(json, {
    onObjectBegin: () => {
      open.push(new Set());
    },
    onObjectEnd: () => {
      open.pop();
    },
    onObjectProperty: (name, _offset, _length, _line, _column, path) => {
      const names = open.at(-1);
      if (names?.has(name)) throw new FacematchError('malformed-json', 'An object names a field twice.');
      names?.add(name);
      if (forbiddenNames.has(name)) fault([...path(), name], 'name');
      else if (damaged(name)) fault([...path(), '?'], 'name');
    },
    onLiteralValue: (value, _offset, _length, _line, _column, path) => {
      if (typeof value === 'string' && damaged(value)) fault(path(), 'text');
      if (typeof value === 'number' && losesPrecision(value)) fault(path(), 'number');
    },
  });
  if (pointers.length > 0) throw invalid(pointers, codes);
}

const damaged = (text: string): boolean => /[\0\uFFFD]/.test(text) || /\p{Surrogate}/u.test(text);

const losesPrecision = (value: number): boolean =>
  !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));

const toPointer = (path: readonly (string | number)[]): string =>
  path.map((name) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const invalid = (pointers: string[], codes: string[]): FacematchError =>
  new FacematchError('validation', 'The JSON document holds what is not accepted.', { pointers, codes });
