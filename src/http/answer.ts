import type { ErrorRequestHandler, Response } from 'express';
import { type ErrorCode, FacematchError, isFacematchError } from '../errors.js';
import { negotiate } from './language.js';
import type { HttpLog } from './log.js';
import { problemHeaders, problemOf, statusOf } from './problems.js';
import { stateOf } from './requestState.js';
import type { Reply } from './route.js';
import type { Services } from './services.js';

export function send(response: Response, { status, headers, body }: Reply): void {
  response.status(status).set(headers ?? {});
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) response.end(body);
  else response.json(body);
}

/** Refusals that go to the audit trail: somebody asked for what is not theirs, or felt about for what exists. */
const audited: ReadonlySet<ErrorCode> = new Set(['invalid-token', 'forbidden', 'not-found']);

/** Answers every error as a problem document (RFC 9457); what is no `FacematchError` is `internal`. */
export function answerErrors(services: Pick<Services, 'refused'>, log: HttpLog): ErrorRequestHandler {
  return async (thrown: unknown, request, response, _next) => {
    const state = stateOf(response);
    let cause = thrown;
    let error = toFacematchError(thrown);
    if (state.route?.scope !== undefined && audited.has(error.code)) {
      try {
        await services.refused(state.caller, state.route.id, error.code);
      } catch (failure) {
        cause = failure;
        error = new FacematchError('store-unavailable', 'The refusal could not be recorded.');
      }
    }
    state.problem = error.code;
    if (statusOf[error.code] >= 500 && error.code !== 'busy') log.failure(state.requestId, error.code, cause);
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const language = negotiate(request);
    response.set(problemHeaders(error, language)).vary('Accept-Language').status(statusOf[error.code]);
    response.end(JSON.stringify(problemOf(error, language, state.requestId)));
  };
}

function toFacematchError(thrown: unknown): FacematchError {
  if (isFacematchError(thrown)) return thrown;
  if (thrown instanceof URIError) {
    return new FacematchError('malformed-request', 'The address has a broken percent-encoding.');
  }
  return new FacematchError('internal', 'A request failed in a way nobody foresaw.');
}
