import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FacematchError } from '../errors.js';

/**
 * The request's body, inflated where it came as gzip, and never more than `maxBytes` of it after inflation.
 * Throws `unsupported-encoding`; the stream fails with `body-too-large`, or with zlib's error on broken gzip.
 */
export function openBody(request: IncomingMessage, maxBytes: number): Readable {
  const inflate = inflater(request.headers['content-encoding']);
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        done(new FacematchError('body-too-large', 'The body is over its limit.', { maxBytes }));
      } else {
        done(null, chunk);
      }
    },
  });
  // Not stream.pipeline: on an error it would destroy the request, and with it the connection that the refusal
  // goes out on.
  counter.once('error', () => {
    request.unpipe();
    inflate?.destroy();
    request.resume();
  });
  request.once('close', () => {
    if (!request.complete) counter.destroy(new Error('The request was cut off.'));
  });
  if (inflate === undefined) return request.pipe(counter);
  inflate.once('error', (error) => counter.destroy(error));
  return request.pipe(inflate).pipe(counter);
}

function inflater(encoding: string | undefined): Transform | undefined {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    default:
      throw new FacematchError('unsupported-encoding', 'The content encoding is neither gzip nor identity.');
  }
}
