import type { IncomingMessage } from 'node:http';
import { FacematchError, isFacematchError } from '../errors.js';
import { openBody } from './body.js';
import { parseMediaType } from './mediaType.js';
import { parseStrictJson } from './strictJson.js';

/**
 * Reads a body of `application/json`. Throws `unsupported-media-type`, `unsupported-charset`,
 * `unsupported-encoding`, `body-too-large` and what `parseStrictJson` throws.
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  requireMediaType(request, 'application/json');
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of openBody(request, maxBytes)) chunks.push(chunk as Buffer);
  } catch (error) {
    if (isFacematchError(error)) throw error;
    throw new FacematchError('malformed-json', 'The body could not be read.');
  }
  return parseStrictJson(Buffer.concat(chunks));
}

/**
 * The parameters of the content type. Throws `body-missing` for a request without type and content,
 * `unsupported-media-type` or `unsupported-charset`.
 */
export function requireMediaType(request: IncomingMessage, expected: string): Map<string, string> {
  const { 'content-type': header, 'content-length': length, 'transfer-encoding': chunked } = request.headers;
  if (header === undefined && chunked === undefined && (length === undefined || length === '0')) {
    throw new FacematchError('body-missing', 'The request has no body.');
  }
  const type = header === undefined ? undefined : parseMediaType(header);
  if (type?.name !== expected) {
    throw new FacematchError('unsupported-media-type', `The content type is not ${expected}.`);
  }
  const charset = type.parameters.get('charset')?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new FacematchError('unsupported-charset', 'The character set is not UTF-8.');
  }
  return type.parameters;
}
