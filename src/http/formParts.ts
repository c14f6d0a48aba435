import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Dicer } from '@fastify/busboy';
import { FacematchError } from '../errors.js';
import { requireMediaType } from './jsonBody.js';
import { parseMediaType } from './mediaType.js';

/** One part of a form, its headers read and its content to come. */
export interface FormPart {
  readonly name: string;
  /** Whether it was sent as a file: with a file's name, or as bytes of no type. */
  readonly isFile: boolean;
  /** Media type in lower case; undefined where nobody declared one. */
  readonly type: string | undefined;
  /** Whether its text, if it is one, is UTF-8 as far as its sender says. */
  readonly utf8: boolean;
  readonly content: Readable;
}

const limits = { maxHeaderPairs: 16, maxHeaderSize: 16_384 };
const mostNameBytes = 64;
/** RFC 2046 section 5.1.1; the parser throws at longer ones. */
const mostBoundaryBytes = 70;

/**
 * A parser of the request's multipart/form-data body (RFC 7578), to be fed with it. Emits `opened` with each
 * `FormPart`, whose content must be read or resumed, and `finish`; fails with `malformed-multipart`, also where a part
 * has no name.
 *
 * @throws FacematchError `unsupported-media-type`, `malformed-multipart` without a boundary or with one too long
 */
export function openParts(request: IncomingMessage): Dicer {
  const boundary = requireMediaType(request, 'multipart/form-data').get('boundary');
  if (!boundary || boundary.length > mostBoundaryBytes) throw malformed();
  const parser = new Dicer({ boundary, ...limits });
  let headless = false;
  const refuse = (): void => void parser.destroy(malformed());
  parser.on('part', (content) => {
    if (headless) refuse();
    headless = true;
    // The parser emits its own error too; without a listener this one would end the process.
    content.on('error', () => {});
    content.once('header', (header) => {
      headless = false;
      const part = partOf(header as Header, content);
      if (part !== undefined) parser.emit('opened', part);
      else refuse();
    });
  });
  parser.prependOnceListener('finish', () => {
    if (headless) parser.emit('error', malformed());
  });
  return parser;
}

type Header = Readonly<Record<string, readonly string[]>>;

function partOf(header: Header, content: Readable): FormPart | undefined {
  const [disposition = ''] = header['content-disposition'] ?? [];
  if (!/^form-data\s*(;|$)/i.test(disposition)) return undefined;
  const parameters = parametersOf(disposition);
  const name = parameters.get('name');
  if (!name || name.length > mostNameBytes) return undefined;
  const media = parseMediaType(header['content-type']?.[0] ?? 'text/plain');
  const filename = parameters.get('filename') ?? parameters.get('filename*');
  const octets = media?.name === 'application/octet-stream';
  return {
    name,
    isFile: filename === undefined ? octets : filename !== '',
    type: media === undefined || undeclared.has(media.name) ? undefined : media.name,
    utf8: /^(utf-?8|us-ascii)$/i.test(media?.parameters.get('charset') ?? 'utf-8'),
    content,
  };
}

/** Types a part has when nobody declared one: RFC 7578 section 4.4, and what HTTP libraries fill in. */
const undeclared = new Set(['text/plain', 'application/octet-stream']);

/** The first of each name, in lower case. */
function parametersOf(disposition: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, token] of disposition.matchAll(
    /;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g,
  )) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? token ?? '';
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value);
  }
  return parameters;
}

const malformed = () => new FacematchError('malformed-multipart', 'The form could not be read.');
