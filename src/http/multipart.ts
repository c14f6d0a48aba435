import type { Writable } from 'node:stream';
import type { Request, Response } from 'express';
import multer from 'multer';
import { FacematchError, isFacematchError } from '../errors.js';
import type { UntrustedImage } from '../face/types.js';
import { openBody } from './body.js';
import { requireMediaType } from './jsonBody.js';
import type { HttpLimits } from './limits.js';
import { parseStrictJson } from './strictJson.js';

/** The parts of one route's form: one JSON document, where it has one, and images. */
export interface FormShape {
  /** Absent where the form has images only. */
  readonly json?: string;
  readonly images: readonly { readonly name: string; readonly required: boolean }[];
}

export interface Form {
  readonly json: unknown;
  readonly images: Readonly<Record<string, UntrustedImage>>;
}

/** Room for boundaries and part headers, beside the parts' own limits. */
const overheadBytes = 65_536;

/** Multer's own options, and one that its types do not know yet. */
interface Options extends multer.Options {
  streamHandler(request: Request, parser: Writable): void;
}

/**
 * Reads a multipart/form-data body (RFC 7578) into memory. The JSON may come as a text field or as a file; images must be
 * files. File names are ignored. Throws the codes of a malformed, oversized or unexpected form, each within the
 * limits: nothing waits for the rest of a body that is already refused.
 */
export async function readForm(
  request: Request,
  response: Response,
  shape: FormShape,
  limits: HttpLimits,
): Promise<Form> {
  const parameters = requireMediaType(request, 'multipart/form-data');
  if (!parameters.get('boundary')) throw malformed();
  const parts = await parse(request, response, shape, limits);
  const json = shape.json === undefined ? undefined : parts.get(shape.json)?.[0];
  if (shape.json !== undefined && json === undefined) {
    throw new FacematchError('body-missing', 'The form lacks its JSON part.', { part: shape.json });
  }
  const images: Record<string, UntrustedImage> = {};
  for (const { name, required } of shape.images) {
    const image = imageOf(name, parts.get(name)?.[0], required);
    if (image) images[name] = image;
  }
  return { json: json && parseStrictJson(json.bytes), images };
}

interface Part {
  readonly kind: 'field' | 'file';
  readonly bytes: Uint8Array;
  readonly type?: string;
}

function imageOf(name: string, part: Part | undefined, required: boolean): UntrustedImage | undefined {
  if (part?.kind !== 'file') {
    if (!part && !required) return undefined;
    throw new FacematchError('photo-missing', 'The form lacks an image.', { part: name });
  }
  if (part.bytes.length === 0) {
    throw new FacematchError('photo-empty', 'An image of the form is empty.', { part: name });
  }
  return { bytes: part.bytes, declaredType: part.type };
}

/** Types a part has when nobody declared one: RFC 7578 section 4.4, and what HTTP libraries fill in. */
const undeclared = new Set(['text/plain', 'application/octet-stream']);

export const declaredTypeOf = (type: string): string | undefined => (undeclared.has(type) ? undefined : type);

function parse(
  request: Request,
  response: Response,
  shape: FormShape,
  limits: HttpLimits,
): Promise<Map<string, Part[]>> {
  const images = shape.images.map((image) => image.name);
  const names = shape.json === undefined ? images : [shape.json, ...images];
  const known = new Set(names);
  return new Promise<void>((resolve, reject) => {
    const options: Options = {
      storage: multer.memoryStorage(),
      limits: {
        fileSize: limits.photoBytes,
        fieldSize: limits.jsonBytes,
        files: names.length,
        fields: names.length,
        parts: names.length,
        headerPairs: 16,
        fieldNameSize: 64,
        fieldNestingDepth: 0,
      },
      streamHandler(source, parser) {
        // Multer drops files without a name and waits for the end of a refused body: both are dealt with here.
        parser.on('file', (name: string | undefined, file: Writable) => {
          if (name !== undefined && !known.has(name)) reject(unexpected());
          file.on('limit', () => reject(tooLarge(name, shape, limits)));
        });
        const body = openForm(source, names.length, limits);
        body.on('error', (error) => {
          reject(errorOf(error, shape, limits));
          parser.destroy(error);
        });
        body.pipe(parser);
      },
    };
    const read = multer(options).fields(names.map((name) => ({ name, maxCount: 1 })));
    read(request, response, (error: unknown) => {
      if (error !== undefined && error !== null) reject(errorOf(error, shape, limits));
      else resolve();
    });
  }).then(() => checked(collect(request), known, shape, limits));
}

const openForm = (source: Request, parts: number, limits: HttpLimits) =>
  openBody(source, parts * Math.max(limits.photoBytes, limits.jsonBytes) + overheadBytes);

function collect(request: Request): Map<string, Part[]> {
  const parts = new Map<string, Part[]>();
  const add = (name: string, part: Part) => parts.set(name, [...(parts.get(name) ?? []), part]);
  for (const [name, value] of Object.entries((request.body ?? {}) as Record<string, unknown>)) {
    for (const text of Array.isArray(value) ? value : [value]) {
      // The parser yields nothing for a character set it does not know.
      if (typeof text !== 'string') throw unknownCharset();
      add(name, { kind: 'field', bytes: Buffer.from(text) });
    }
  }
  const files = (request.files ?? {}) as Record<string, Express.Multer.File[]>;
  for (const file of Object.values(files).flat()) {
    const type = declaredTypeOf(file.mimetype);
    add(file.fieldname, { kind: 'file', bytes: file.buffer, ...(type === undefined ? {} : { type }) });
  }
  return parts;
}

function checked(
  parts: Map<string, Part[]>,
  known: ReadonlySet<string>,
  shape: FormShape,
  limits: HttpLimits,
): Map<string, Part[]> {
  for (const [name, same] of parts) {
    if (!known.has(name)) throw unexpected();
    if (same.length > 1) throw tooMany();
  }
  for (const [name, [part]] of parts) {
    if (name === shape.json && part && part.bytes.length > limits.jsonBytes)
      throw tooLarge(name, shape, limits);
  }
  return parts;
}

function errorOf(error: unknown, shape: FormShape, limits: HttpLimits): FacematchError {
  if (isFacematchError(error)) return error;
  if (!(error instanceof multer.MulterError)) return malformed();
  const { field } = error;
  // Multer has more codes than its types name.
  switch (error.code as string) {
    case 'LIMIT_PART_COUNT':
    case 'LIMIT_FILE_COUNT':
    case 'LIMIT_FIELD_COUNT':
      return tooMany();
    case 'LIMIT_UNEXPECTED_FILE':
      return field === shape.json || shape.images.some(({ name }) => name === field)
        ? tooMany()
        : unexpected();
    case 'LIMIT_FIELD_NESTING':
    case 'LIMIT_FIELD_KEY':
    case 'INVALID_FIELD_NAME':
      return unexpected();
    case 'LIMIT_FILE_SIZE':
    case 'LIMIT_FIELD_VALUE':
      return tooLarge(field, shape, limits);
    default:
      return malformed();
  }
}

const malformed = () => new FacematchError('malformed-multipart', 'The form could not be read.');
const tooMany = () => new FacematchError('too-many-parts', 'The form has too many parts.');
const unknownCharset = () =>
  new FacematchError('unsupported-charset', 'A part has an unknown character set.');
const unexpected = () => new FacematchError('unexpected-part', 'The form has a part of another name.');

/** A text field that is too large is the JSON or stands where the JSON should: only files are photos. */
function tooLarge(name: string | undefined, shape: FormShape, limits: HttpLimits): FacematchError {
  return shape.images.some((image) => image.name === name)
    ? new FacematchError('photo-too-large', 'An image is over its limit.', { maxBytes: limits.photoBytes })
    : new FacematchError('body-too-large', 'The JSON part is over its limit.', {
        maxBytes: limits.jsonBytes,
      });
}
