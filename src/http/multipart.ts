import type { IncomingMessage } from 'node:http';
import { FacematchError, isFacematchError } from '../errors.js';
import type { UntrustedImage } from '../face/types.js';
import { openBody } from './body.js';
import { type FormPart, openParts } from './formParts.js';
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

type Limits = Pick<HttpLimits, 'photoBytes' | 'jsonBytes'>;

/**
 * Reads a multipart/form-data body (RFC 7578) into memory. The JSON may come as a text field or as a file; images must be
 * files. File names are ignored. Throws the codes of a malformed, oversized or unexpected form, each within the
 * limits: nothing waits for the rest of a body that is already refused.
 */
export async function readForm(request: IncomingMessage, shape: FormShape, limits: Limits): Promise<Form> {
  const parts = await readParts(request, shape, limits);
  const json = shape.json === undefined ? undefined : parts.get(shape.json);
  if (shape.json !== undefined && json === undefined) {
    throw new FacematchError('body-missing', 'The form lacks its JSON part.', { part: shape.json });
  }
  const images: Record<string, UntrustedImage> = {};
  for (const { name, required } of shape.images) {
    const image = imageOf(name, parts.get(name), required);
    if (image) images[name] = image;
  }
  return { json: json && parseStrictJson(json.bytes), images };
}

interface Part {
  readonly isFile: boolean;
  readonly bytes: Uint8Array;
  readonly type?: string | undefined;
}

function imageOf(name: string, part: Part | undefined, required: boolean): UntrustedImage | undefined {
  if (!part?.isFile) {
    if (!part && !required) return undefined;
    throw new FacematchError('photo-missing', 'The form lacks an image.', { part: name });
  }
  if (part.bytes.length === 0) {
    throw new FacematchError('photo-empty', 'An image of the form is empty.', { part: name });
  }
  return { bytes: part.bytes, declaredType: part.type };
}

/** Each part of the form once, by its name. */
function readParts(
  request: IncomingMessage,
  shape: FormShape,
  limits: Limits,
): Promise<ReadonlyMap<string, Part>> {
  const images = shape.images.map(({ name }) => name);
  const known = new Set(shape.json === undefined ? images : [shape.json, ...images]);
  const parser = openParts(request);
  const body = openBody(request, known.size * Math.max(limits.photoBytes, limits.jsonBytes) + overheadBytes);
  const parts = new Map<string, Part>();
  const begun = new Set<string>();
  const refusalOf = ({ name, utf8 }: FormPart): FacematchError | undefined => {
    if (!known.has(name)) return unexpected();
    if (begun.has(name)) return tooMany();
    return name === shape.json && !utf8 ? unknownCharset() : undefined;
  };
  return new Promise<ReadonlyMap<string, Part>>((resolve, reject) => {
    const refuse = (error: unknown): void => {
      reject(isFacematchError(error) ? error : malformed());
      body.unpipe(parser);
      parser.destroy();
      // The rest of a refused body passes unread, so that the refusal can go out.
      body.resume();
    };
    parser.on('opened', (part: FormPart) => {
      const { name, isFile, type, content } = part;
      content.resume();
      const refusal = refusalOf(part);
      if (refusal !== undefined) return refuse(refusal);
      begun.add(name);
      const most = name === shape.json || !isFile ? limits.jsonBytes : limits.photoBytes;
      const chunks: Buffer[] = [];
      let size = 0;
      content.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > most) refuse(tooLarge(name, shape, limits));
        else chunks.push(chunk);
      });
      content.once('end', () => parts.set(name, { isFile, bytes: Buffer.concat(chunks), type }));
    });
    parser.on('error', refuse);
    parser.once('finish', () => resolve(parts));
    body.on('error', refuse);
    body.pipe(parser);
  });
}

const malformed = () => new FacematchError('malformed-multipart', 'The form could not be read.');
const tooMany = () => new FacematchError('too-many-parts', 'The form has too many parts.');
const unknownCharset = () =>
  new FacematchError('unsupported-charset', 'A part has an unknown character set.');
const unexpected = () => new FacematchError('unexpected-part', 'The form has a part of another name.');

/** A text field that is too large is the JSON or stands where the JSON should: only files are photos. */
function tooLarge(name: string | undefined, shape: FormShape, limits: Limits): FacematchError {
  return shape.images.some((image) => image.name === name)
    ? new FacematchError('photo-too-large', 'An image is over its limit.', { maxBytes: limits.photoBytes })
    : new FacematchError('body-too-large', 'The JSON part is over its limit.', {
        maxBytes: limits.jsonBytes,
      });
}
