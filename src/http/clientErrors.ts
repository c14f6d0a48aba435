import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, FacematchError } from '../errors.js';
import type { HttpLog } from './log.js';
import { problemHeaders, problemOf, statusOf } from './problems.js';

/**
 * Answers what never becomes a request: broken HTTP, headers over 16 KB, senders that are too slow. Node would
 * answer with a bare status line.
 */
export function answerClientErrors(server: Server, log: HttpLog): void {
  const latest = new WeakMap<object, ServerResponse>();
  server.prependListener('request', (request, response) => latest.set(request.socket, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const response = latest.get(socket);
    const answered = response?.headersSent === true && !response.writableFinished;
    if (error.code === 'ECONNRESET' || !socket.writable || answered) {
      socket.destroy();
      return;
    }
    const code = codeOf(error.code);
    const { headers, body } = problemWithoutRequest(code, log);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const status = `HTTP/1.1 ${statusOf[code]} ${STATUS_CODES[statusOf[code]]}`;
    socket.end([status, ...lines, '', body].join('\r\n'));
  });
}

/** A server must refuse such a request (RFC 9112 section 3.2). */
export const lacksHost = ({ httpVersion, headers }: IncomingMessage): boolean =>
  httpVersion === '1.1' && headers.host === undefined;

/** Answers a request that names no host, or whose target is no address, such as `http://[/`: no route sees it. */
export function answerUnreadable(response: ServerResponse, log: HttpLog): void {
  const { headers, body } = problemWithoutRequest('malformed-request', log);
  response.writeHead(statusOf['malformed-request'], headers).end(body);
}

function codeOf(code: string | undefined): ErrorCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers-too-large';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request-timeout';
  return 'malformed-request';
}

/** In English: there are no headers to take a language from. Logs it too. */
function problemWithoutRequest(
  code: ErrorCode,
  log: HttpLog,
): { headers: Record<string, string>; body: string } {
  const requestId = randomUUID();
  const error = new FacematchError(code, 'The request could not be parsed.');
  const body = JSON.stringify(problemOf(error, 'en', requestId));
  const headers = {
    ...problemHeaders(error, 'en'),
    'X-Request-Id': requestId,
    'X-Content-Type-Options': 'nosniff',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  };
  log.access({ method: '-', route: 'unknown', status: statusOf[code], ms: 0, requestId, problem: code });
  return { headers, body };
}
