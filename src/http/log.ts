import { type DestinationStream, type Logger, pino } from 'pino';
import type { ErrorCode } from '../errors.js';
import { failureFacts } from '../failureFacts.js';

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** One answered request. The route is its pattern: a URL may name somebody's document. */
export interface AccessEntry {
  readonly method: string;
  readonly route: string;
  /** 499: the caller hung up before the answer. */
  readonly status: number;
  readonly ms: number;
  readonly requestId: string;
  readonly client?: string | undefined;
  readonly problem?: ErrorCode | undefined;
}

/**
 * The only ways to write to the log here: each takes what may be logged and nothing else. Redacting afterwards
 * misses messages, causes and unexpected names.
 */
export interface HttpLog {
  access(entry: AccessEntry): void;
  /** A failure that is ours. Of the error only its kind and the places it came through: its message may hold input. */
  failure(requestId: string, code: ErrorCode, error: unknown): void;
  /** The first request of a caller, or refused token of an address, beyond its limit within a window. */
  limited(limit: string, client: string | undefined): void;
  started(address: string): void;
  stopping(inFlight: number): void;
}

/** JSON lines with an ISO 8601 time and no process or host names. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return destination ? pino(options, destination) : pino(options);
}

export function createHttpLog(logger: Logger): HttpLog {
  return {
    access: ({ method, route, status, ms, requestId, client, problem }) =>
      logger.info({ event: 'request', method, route, status, ms, requestId, client, problem }),
    failure: (requestId, code, error) =>
      logger.error({
        event: 'failure',
        requestId,
        problem: code,
        ...failureFacts(error),
      }),
    limited: (limit, client) => logger.warn({ event: 'rate-limited', limit, client }),
    started: (address) => logger.info({ event: 'started', address }),
    stopping: (inFlight) => logger.info({ event: 'stopping', inFlight }),
  };
}
