import { FacematchError } from '../../errors.js';
import { fromReport } from './child-failures.js';
import type { JobResult } from './messages.js';

export function errorResult(error: FacematchError | undefined): JobResult {
  const { code, message, facts } = error ?? new FacematchError('internal', 'A photo got no answer.');
  return { kind: 'error', error: { code, message, facts } };
}

export function failureOf(result: JobResult): FacematchError {
  return result.kind === 'error'
    ? fromReport(result.error)
    : new FacematchError('internal', 'A photo got the answer to another question.');
}

/** An error of its own for each caller, with the caller's stack. */
export function again({ code, message, facts }: FacematchError): FacematchError {
  return new FacematchError(code, message, facts);
}

export function stopping(): FacematchError {
  return new FacematchError('busy', 'The service is stopping and reads no more photos.');
}

export function outcomeOf(result: JobResult) {
  if (result.kind === 'error') return result.error.code;
  const { outcome } = result;
  if (outcome.kind === 'refused') return outcome.code;
  return outcome.kind === 'failure-to-acquire' ? outcome.reason : outcome.kind;
}
