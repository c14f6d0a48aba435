import { z } from 'zod';
import type { ErrorCode, ErrorFacts, FacematchError } from '../errors.js';
import { text } from '../messages/text.js';
import type { Language } from '../oversight/caller.js';

/** Every error code's HTTP status. The starting-up codes reach a caller only when a service is broken. */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
  'photo-missing': 400,
  'photo-empty': 400,
  'photo-too-large': 413,
  'unsupported-image': 415,
  'image-type-mismatch': 415,
  'image-too-many-pixels': 422,
  'image-dimensions': 422,
  'image-corrupt': 422,
  'image-colour': 422,
  'too-many-parts': 400,
  'unexpected-part': 400,
  'malformed-multipart': 400,
  'malformed-json': 400,
  'body-missing': 400,
  'body-too-large': 413,
  'unsupported-media-type': 415,
  'unsupported-charset': 415,
  'unsupported-encoding': 415,
  validation: 422,
  'forbidden-field': 422,
  'invalid-token': 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'idempotency-mismatch': 422,
  'malformed-request': 400,
  'headers-too-large': 431,
  'request-timeout': 408,
  'transfer-conflict': 409,
  'retention-over': 422,
  'revision-conflict': 409,
  'no-face-reference': 422,
  suspended: 503,
  'second-person-required': 403,
  'person-required': 403,
  'request-closed': 409,
  'inquiry-refused': 403,
  'inquiry-closed': 409,
  'review-claimed': 409,
  'review-not-yours': 409,
  'review-closed': 409,
  'search-disabled': 403,
  'search-closed': 409,
  'search-failed': 500,
  'search-stopped': 503,
  'probe-unusable': 422,
  'verification-closed': 409,
  'clock-implausible': 409,
  'destruction-limit': 409,
  busy: 503,
  'rate-limited': 429,
  'auth-unavailable': 503,
  'deadline-exceeded': 503,
  'reading-failed': 503,
  'store-unavailable': 503,
  'integrity-failure': 500,
  internal: 500,
  'config-invalid': 500,
  'card-invalid': 500,
  'model-unknown': 500,
  'model-missing': 500,
  'model-corrupt': 500,
  'weights-unavailable': 500,
  'weights-mismatch': 500,
  'calibration-invalid': 500,
  'engine-unsupported': 500,
  'isolation-missing': 500,
  'storage-full': 507,
  'keyring-invalid': 500,
  'ledger-invalid': 500,
  'backup-invalid': 500,
  'migration-refused': 500,
  'input-invalid': 422,
};

/** Seconds to wait where trying again helps; every 503 has one, and a 429 says its own. */
const retryAfter: Partial<Record<ErrorCode, number>> = {
  suspended: 3600,
  busy: 1,
  'search-stopped': 60,
  'deadline-exceeded': 2,
  'reading-failed': 2,
  'auth-unavailable': 5,
  'store-unavailable': 5,
};

/** Where in the request a fault lies and of which kind it is: never the value. */
const faultSchema = z.union([
  z.strictObject({
    pointer: z
      .string()
      .describe('Place in the JSON document sent (RFC 6901); ? for a name not repeated here'),
    code: z.string(),
  }),
  z.strictObject({ header: z.string(), code: z.string() }),
  z.strictObject({ part: z.string().describe('Of the form'), code: z.string() }),
]);
type Fault = z.infer<typeof faultSchema>;

/** RFC 9457. */
export const problemSchema = z.strictObject({
  type: z.string().describe('Stable; the address of an explanation'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe("What to do now, in the caller's language"),
  instance: z.string().describe("The request's own number, also in the log of the service"),
  errors: z.array(faultSchema).optional(),
  suspension: z
    .strictObject({ reason: z.string().optional(), endsAt: z.string().optional() })
    .optional()
    .describe('Why comparisons and searches are suspended, and until when at the earliest'),
});
export type Problem = z.infer<typeof problemSchema>;

export function problemOf(error: FacematchError, language: Language, requestId: string): Problem {
  const faults = faultsOf(error);
  return {
    type: `/problems/${error.code}`,
    title: text(language, `problem.${error.code}.title`),
    status: statusOf[error.code],
    detail: text(language, `problem.${error.code}.detail`, error.facts),
    instance: `urn:uuid:${requestId}`,
    ...(faults.length > 0 && { errors: faults }),
    ...(error.code === 'suspended' && { suspension: suspensionOf(error.facts) }),
  };
}

/** Words of the authority, not of a caller. */
function suspensionOf({ reason, endsAt }: ErrorFacts): NonNullable<Problem['suspension']> {
  return {
    ...(typeof reason === 'string' && reason !== '' && { reason }),
    ...(typeof endsAt === 'string' && { endsAt }),
  };
}

export function problemHeaders({ code, facts }: FacematchError, language: Language): Record<string, string> {
  const waiting = facts['retryAfterSeconds'];
  const seconds = typeof waiting === 'number' ? waiting : retryAfter[code];
  const challenge = challengeOf(code, facts);
  return {
    'Content-Type': 'application/problem+json',
    'Content-Language': language,
    'Cache-Control': 'no-store',
    ...(seconds !== undefined && { 'Retry-After': String(seconds) }),
    ...(challenge !== undefined && { 'WWW-Authenticate': challenge }),
    ...(code === 'unsupported-encoding' && { 'Accept-Encoding': 'gzip, identity' }),
  };
}

/** RFC 6750 section 3.1; a request without any token is told no error. */
function challengeOf(code: ErrorCode, facts: ErrorFacts): string | undefined {
  if (code === 'invalid-token') return facts['absent'] === true ? 'Bearer' : 'Bearer error="invalid_token"';
  if (code === 'forbidden' && typeof facts['scope'] === 'string') {
    return `Bearer error="insufficient_scope", scope="${facts['scope']}"`;
  }
  return undefined;
}

/** More than this many faults help nobody and make a long answer out of a short request. */
const mostFaults = 50;

function faultsOf({ code, facts }: FacematchError): Fault[] {
  if (typeof facts['part'] === 'string') return [{ part: facts['part'], code }];
  if (typeof facts['header'] === 'string') return [{ header: facts['header'], code: 'invalid' }];
  if (code !== 'validation' && code !== 'forbidden-field') return [];
  const codes = listOf(facts['codes']);
  return listOf(facts['pointers'])
    .slice(0, mostFaults)
    .map((pointer, index) => ({
      pointer: cleanPointer(pointer),
      code: code === 'forbidden-field' ? 'forbidden' : stableCode(codes[index]),
    }));
}

const listOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

const stableCode = (code: string | undefined): string =>
  code !== undefined && /^[a-z][a-z0-9_-]{0,39}$/.test(code) ? code : 'invalid';

/** Property names come from the caller too: one that is no plain identifier could be a value in disguise. */
function cleanPointer(pointer: string): string {
  const segments = pointer.split('/').slice(1, 33);
  return segments.map((name) => `/${/^([A-Za-z_]\w{0,63}|\d{1,4})$/.test(name) ? name : '?'}`).join('');
}
