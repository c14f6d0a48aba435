/**
 * The failures a caller can act on. Codes are stable: they are the last part of a problem's `type`
 * (RFC 9457) and the key of its text in every language. `src/http/problems.ts` maps a code to a status.
 */
export const errorCodes = [
  // the photo
  'photo-missing',
  'photo-empty',
  'photo-too-large',
  'unsupported-image',
  'image-type-mismatch',
  'image-too-many-pixels',
  'image-dimensions',
  'image-corrupt',
  'image-colour',
  // the request
  'too-many-parts',
  'unexpected-part',
  'malformed-multipart',
  'malformed-json',
  'body-missing',
  'body-too-large',
  'unsupported-media-type',
  'unsupported-charset',
  'unsupported-encoding',
  'validation',
  'forbidden-field',
  'invalid-token',
  'forbidden',
  'not-found',
  'method-not-allowed',
  'idempotency-mismatch',
  'malformed-request',
  'headers-too-large',
  'request-timeout',
  // the records
  'transfer-conflict',
  'retention-over',
  'revision-conflict',
  'no-face-reference',
  // oversight
  'suspended',
  'second-person-required',
  'person-required',
  'request-closed',
  // inquiries
  'inquiry-refused',
  'inquiry-closed',
  'review-claimed',
  'review-not-yours',
  'review-closed',
  // searches
  'search-disabled',
  'search-closed',
  'search-failed',
  'search-stopped',
  'probe-unusable',
  'verification-closed',
  // retention
  'clock-implausible',
  'destruction-limit',
  // the service
  'busy',
  'rate-limited',
  'auth-unavailable',
  'deadline-exceeded',
  'reading-failed',
  'store-unavailable',
  'integrity-failure',
  'internal',
  // starting up and the command line
  'config-invalid',
  'card-invalid',
  'model-unknown',
  'model-missing',
  'model-corrupt',
  'weights-unavailable',
  'weights-mismatch',
  'calibration-invalid',
  'engine-unsupported',
  'isolation-missing',
  'storage-full',
  'keyring-invalid',
  'ledger-invalid',
  'backup-invalid',
  'migration-refused',
  'input-invalid',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Ids, sizes, limits and field names only: never a photo, an embedding, a name, a number of a person or a secret. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export class FacematchError extends Error {
  override readonly name = 'FacematchError';

  constructor(
    readonly code: ErrorCode,
    /** One clear English sentence for an operator; people at a desk read the catalogue's text instead. */
    message: string,
    readonly facts: ErrorFacts = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

export function isFacematchError(error: unknown, code?: ErrorCode): error is FacematchError {
  return error instanceof FacematchError && (code === undefined || error.code === code);
}
