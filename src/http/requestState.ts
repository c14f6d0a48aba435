import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { ErrorCode } from '../errors.js';
import type { Caller } from '../oversight/caller.js';
import type { HttpLog } from './log.js';
import type { HttpMetrics } from './metrics.js';
import type { Route } from './route.js';

/** What is known about the request being answered. */
export interface RequestState {
  /** Our own: an id a caller sends could be made to collide, or hold personal data. */
  readonly requestId: string;
  route?: Route;
  caller?: Caller;
  problem?: ErrorCode;
  /** Refused as others were a moment ago, of which one is in the log: it need not be. */
  repeated?: true;
  /** The connection closed before the answer was out. */
  hungUp?: true;
}

const states = new WeakMap<Response, RequestState>();

export function stateOf(response: Response): RequestState {
  const state = states.get(response);
  if (!state) throw new Error('The request has no state.');
  return state;
}

/** Numbers a request, and logs and measures it once it is answered or given up. */
export function observe(log: HttpLog, metrics: HttpMetrics): RequestHandler {
  return (request, response, next) => {
    const started = performance.now();
    const state: RequestState = { requestId: randomUUID() };
    states.set(response, state);
    response.setHeader('X-Request-Id', state.requestId);
    metrics.inFlight.inc();
    response.once('close', () => {
      const ms = performance.now() - started;
      if (!response.writableFinished) state.hungUp = true;
      const status = state.hungUp ? 499 : response.statusCode;
      const route = state.route?.path ?? 'unknown';
      metrics.inFlight.dec();
      metrics.duration.observe({ method: request.method, route, status }, ms / 1000);
      if (!state.repeated)
        log.access({
          method: request.method,
          route,
          status,
          ms: Math.round(ms * 10) / 10,
          requestId: state.requestId,
          client: state.caller?.client,
          problem: state.problem,
        });
    });
    next();
  };
}
