import { on } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Budget, Release } from '../budget.js';
import { FacematchError, isFacematchError } from '../errors.js';
import type { UntrustedImage } from '../face/types.js';
import { openBody } from './body.js';
import { type FormPart, openParts } from './formParts.js';
import type { HttpLimits } from './limits.js';
import { parseStrictJson } from './strictJson.js';

/** The two parts of every item: a JSON document, then its image. */
export interface ItemShape {
  readonly json: string;
  readonly image: string;
}

export interface StreamedItem {
  readonly index: number;
  readonly content:
    | { readonly json: unknown; readonly image: UntrustedImage }
    | { readonly error: FacematchError };
  /** Gives the item's room in memory to the next one. */
  release(): void;
}

type Limits = Pick<HttpLimits, 'photoBytes' | 'jsonBytes' | 'batchItems'>;

/** Room for a part's boundary and headers, beside its content. */
const partOverheadBytes = 1024;

/**
 * Reads a multipart/form-data body (RFC 7578) of repeated JSON and image parts, item by item while it arrives. Nothing
 * is read for which `memory` has no room yet: the sender waits. A fault inside one item is that item's error
 * (`malformed-json`, `validation`, `body-missing`, `body-too-large`, `photo-missing`, `photo-empty`,
 * `photo-too-large`).
 *
 * @throws FacematchError for the body as a whole: `malformed-multipart` (also when it is cut off), `unexpected-part`,
 * `too-many-parts`, `body-missing`, `body-too-large`, `unsupported-media-type`, `unsupported-encoding`
 */
export async function* readItems(
  request: IncomingMessage,
  shape: ItemShape,
  limits: Limits,
  memory: Budget,
  party?: string,
): AsyncGenerator<StreamedItem, void, undefined> {
  const room = limits.photoBytes + limits.jsonBytes;
  let index = 0;
  let begun: BegunItem | undefined;
  let release: Release | undefined;
  const finish = (image: Part | undefined): StreamedItem => {
    const content = contentOf(begun, image, shape, limits);
    const held = 'error' in content ? 0 : (begun?.bytes.length ?? 0) + content.image.bytes.length;
    const give = release;
    begun = undefined;
    release = undefined;
    give?.(held);
    return { index: index++, content, release: () => give?.() };
  };
  try {
    for await (const part of partsOf(request, limits)) {
      const { name } = part;
      if (name !== shape.json && name !== shape.image) throw unexpected();
      if (begun && name === shape.json) yield finish(undefined);
      if (index >= limits.batchItems) throw tooMany();
      release ??= await memory.take(room, undefined, party);
      if (name === shape.json) begun = await read(part, limits.jsonBytes);
      else yield finish(await read(part, limits.photoBytes));
    }
    if (begun) yield finish(undefined);
    if (index === 0)
      throw new FacematchError('body-missing', 'The batch holds no item.', { part: shape.json });
  } finally {
    release?.();
  }
}

interface Part {
  readonly bytes: Buffer;
  readonly tooLarge: boolean;
  readonly type: string | undefined;
  readonly isFile: boolean;
  readonly utf8: boolean;
}
type BegunItem = Part;

function contentOf(
  json: Part | undefined,
  image: Part | undefined,
  shape: ItemShape,
  limits: Limits,
): StreamedItem['content'] {
  try {
    if (!json)
      throw new FacematchError('body-missing', 'An image came without its JSON.', { part: shape.json });
    if (json.tooLarge) {
      throw new FacematchError('body-too-large', 'The JSON part is over its limit.', {
        maxBytes: limits.jsonBytes,
      });
    }
    if (!json.utf8) {
      throw new FacematchError('unsupported-charset', 'The JSON part has an unknown character set.');
    }
    const value = parseStrictJson(json.bytes);
    if (!image?.isFile) {
      throw new FacematchError('photo-missing', 'An item lacks its image.', { part: shape.image });
    }
    if (image.tooLarge) {
      throw new FacematchError('photo-too-large', 'An image is over its limit.', {
        maxBytes: limits.photoBytes,
      });
    }
    if (image.bytes.length === 0) {
      throw new FacematchError('photo-empty', 'An image of the batch is empty.', { part: shape.image });
    }
    return { json: value, image: { bytes: image.bytes, declaredType: image.type } };
  } catch (error) {
    if (isFacematchError(error)) return { error };
    throw error;
  }
}

/** The parts in their order. Each must be read before the next one is asked for. */
async function* partsOf(request: IncomingMessage, limits: Limits): AsyncGenerator<FormPart, void, undefined> {
  const parser = openParts(request);
  const most = limits.batchItems * (limits.photoBytes + limits.jsonBytes + 2 * partOverheadBytes);
  const body = openBody(request, most);
  const unread = new Set<FormPart['content']>();
  let failure: unknown;
  parser.on('opened', ({ content }: FormPart) => {
    unread.add(content);
    content.once('close', () => unread.delete(content));
  });
  const fail = (error: unknown): void => {
    failure ??= error;
    for (const content of unread) content.destroy(error instanceof Error ? error : undefined);
  };
  parser.on('error', fail);
  body.on('error', (error) => {
    fail(error);
    parser.destroy(error);
  });
  const opened = on(parser, 'opened', { close: ['finish'] });
  body.pipe(parser);
  try {
    for await (const [part] of opened as AsyncIterable<[FormPart]>) yield part;
  } catch (error) {
    throw isFacematchError(failure) ? failure : isFacematchError(error) ? error : malformed();
  } finally {
    // Whoever stops half-way lets the rest of the body pass unread, so that the refusal can go out.
    if (!body.readableEnded) body.destroy(new Error('The rest of the body is not wanted.'));
  }
}

/** Reads a part to its end and keeps no more than `most` of it. */
async function read({ content, type, isFile, utf8 }: FormPart, most: number): Promise<Part> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of content) {
      size += (chunk as Buffer).length;
      if (size <= most) chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw isFacematchError(error) ? error : malformed();
  }
  const tooLarge = size > most;
  return {
    bytes: tooLarge ? Buffer.alloc(0) : Buffer.concat(chunks),
    tooLarge,
    type,
    isFile,
    utf8,
  };
}

const malformed = () => new FacematchError('malformed-multipart', 'The form could not be read.');
const tooMany = () => new FacematchError('too-many-parts', 'The batch has too many items.');
const unexpected = () => new FacematchError('unexpected-part', 'The form has a part of another name.');
