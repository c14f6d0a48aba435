import { FacematchError } from '../../errors.js';
import type { ErrorReport } from './messages.js';

export function fromReport({ code, message, facts }: ErrorReport): FacematchError {
  return new FacematchError(code, message, facts);
}

export function late(what: string, deadlineMs: number): FacematchError {
  return new FacematchError('deadline-exceeded', `The process that reads photos ${what} in time.`, {
    deadlineMs,
  });
}

export function malformed(): FacematchError {
  return new FacematchError('reading-failed', 'The process that reads photos sent a malformed message.');
}

export function died(exit: number | null, signal: NodeJS.Signals | null): FacematchError {
  const facts = { ...(exit === null ? {} : { exit }), ...(signal === null ? {} : { signal }) };
  return new FacematchError('reading-failed', 'The process that reads photos ended unexpectedly.', facts);
}
