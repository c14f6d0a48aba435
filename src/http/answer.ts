import type { ErrorRequestHandler, Response } from 'express';
import { FacematchError, isFacematchError } from '../errors.js';
import { isNoted } from '../oversight/notedRefusals.js';
import { type FieldNames, onlyKnownNames } from './fieldNames.js';
import { negotiate } from './language.js';
import type { HttpLog } from './log.js';
import { problemHeaders, problemOf, statusOf } from './problems.js';
import { type RequestState, stateOf } from './requestState.js';
import type { Reply } from './route.js';
import type { Services } from './services.js';

/** Not Express's own `json` or `send`: those answer 304 to conditions, and nothing here may be kept by a caller. */
export function send(response: Response, { status, headers, body }: Reply): void {
  response.statusCode = status;
  for (const name in headers) response.setHeader(name, headers[name] ?? '');
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
    response.end(body);
    return;
  }
  const bytes = Buffer.from(JSON.stringify(body));
  if (!response.hasHeader('Content-Type'))
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', bytes.length);
  response.end(bytes);
}

/**
 * Whether a refusal goes to the audit trail. Of a known caller each does, but for failures of the service, which
 * decide nothing, and what its use case noted itself; a record that does not verify is noted, since somebody may have
 * changed it. Of an unknown one only that the token was refused.
 */
function isAudited(error: FacematchError, { route, caller, hungUp }: RequestState): boolean {
  if (route?.scope === undefined || isNoted(error)) return false;
  if (caller === undefined) return error.code === 'invalid-token' || error.code === 'rate-limited';
  if (hungUp && error.code === 'malformed-multipart') return false;
  return statusOf[error.code] < 500 || error.code === 'suspended' || error.code === 'integrity-failure';
}

/** Makes of what a request, or an item of it, failed with what its caller is told, once that is recorded. */
export type Refuse = (thrown: unknown, state: RequestState) => Promise<FacematchError>;

export function createRefuse(services: Pick<Services, 'refused'>, log: HttpLog, names: FieldNames): Refuse {
  return async (thrown, state) => {
    let cause = thrown;
    let error = toFacematchError(thrown);
    if (state.route !== undefined && isAudited(error, state)) {
      try {
        await services.refused(state.caller, state.route.id, error.code);
      } catch (failure) {
        cause = failure;
        error = new FacematchError('store-unavailable', 'The refusal could not be recorded.');
      }
    }
    // A caller who hung up is in the access log, as 499.
    if (statusOf[error.code] >= 500 && error.code !== 'busy' && !(state.hungUp && isAbort(cause))) {
      log.failure(state.requestId, error.code, cause);
    }
    return onlyKnownNames(error, names);
  };
}

/** Answers every error as a problem document (RFC 9457); what is no `FacematchError` is `internal`. */
export function answerErrors(refuse: Refuse): ErrorRequestHandler {
  return async (thrown: unknown, request, response, _next) => {
    const state = stateOf(response);
    const error = await refuse(thrown, state);
    state.problem = error.code;
    if (error.code === 'rate-limited' && isNoted(error)) state.repeated = true;
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const language = negotiate(request);
    response.set(problemHeaders(error, language)).vary('Accept-Language').status(statusOf[error.code]);
    response.end(JSON.stringify(problemOf(error, language, state.requestId)));
  };
}

const isAbort = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'AbortError';

function toFacematchError(thrown: unknown): FacematchError {
  if (isFacematchError(thrown)) return thrown;
  if (thrown instanceof URIError) {
    return new FacematchError('malformed-request', 'The address has a broken percent-encoding.');
  }
  return new FacematchError('internal', 'A request failed in a way nobody foresaw.');
}
