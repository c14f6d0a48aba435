import type { IncomingMessage } from 'node:http';
import { type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import { type ErrorFacts, FacematchError, isFacematchError } from '../errors.js';
import type { Caller } from '../oversight/caller.js';
import { roleNamed, roleOf } from '../oversight/roles.js';
import { parseStrictJson } from './strictJson.js';
import { type TokenKeySource, tokenKeys } from './tokenKeys.js';
import { VerifiedTokens } from './verifiedTokens.js';

export interface AuthOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: TokenKeySource;
  /**
   * Whether a token that declares no more than to be a JWT may be an access token. Default false: only `at+jwt`
   * (RFC 9068 section 4).
   */
  readonly plainType?: boolean;
  /** What an RSA key that names no algorithm is taken for. Default RS256. */
  readonly rsaAlgorithm?: 'RS256' | 'PS256';
  /** Seconds since `iat` after which a token is refused whatever its `exp` says. Default 3600. */
  readonly maxTokenAgeSeconds?: number;
  /** Whether a token without a role opens nothing. Only development does without. */
  readonly requireRole?: boolean;
  readonly clock: Clock;
  /** Milliseconds that only ever grow, whatever is done to the clock. */
  readonly elapsed?: () => number;
}

/** A caller before the request's language is known. */
export type TokenHolder = Omit<Caller, 'language' | 'inquiry'>;

/**
 * Verifies a bearer token (RFC 6750, RFC 9068). Throws `invalid-token` for every fault of the token, and
 * `auth-unavailable` where the issuer's keys cannot be had: the token may be good, so it is no 401.
 */
export type Authenticator = (authorization: string | undefined) => Promise<TokenHolder>;

/** An explicit list: without one jose accepts whatever fits the key (RFC 8725 section 3.1). */
const algorithms = ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'];
const accessTypes = new Set(['at+jwt', 'application/at+jwt']);
const plainTypes = new Set(['jwt', 'application/jwt']);
/** Claims of ID tokens and of security events, which an issuer signs with the same key for the same parties. */
const foreignClaims = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'];
/** Clocks of issuer and service may differ by so much. */
const clockToleranceSeconds = 5;

const name = z.string().min(1).max(256);
const claimsSchema = z.object({
  sub: name,
  client_id: name,
  scope: z.string().max(4096).optional(),
  person: name.optional(),
  act: z.object({ sub: name }).optional(),
  office: name.optional(),
  role: name.optional(),
});
type Claims = z.output<typeof claimsSchema>;

/** The Authorization header. Throws `invalid-token` where there are several: Node and a proxy could take two of them. */
export function authorizationOf({ headersDistinct }: IncomingMessage): string | undefined {
  const sent = headersDistinct['authorization'] ?? [];
  if (sent.length > 1) throw invalidToken();
  return sent[0];
}

export function createAuthenticator(options: AuthOptions): Authenticator {
  const verify = verifier(options);
  const verified = new VerifiedTokens(options.clock, options.elapsed);
  return async (authorization) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw invalidToken({ absent: authorization === undefined });
    const known = verified.find(token);
    if (known !== undefined) return known;
    const { holder, expires } = await verify(token);
    verified.keep(token, holder, expires);
    return holder;
  };
}

interface Verified {
  readonly holder: TokenHolder;
  /** Seconds since 1970 from which the token is refused. */
  readonly expires: number;
}

function verifier(options: AuthOptions): (token: string) => Promise<Verified> {
  const getKey = tokenKeys(options.keys, options);
  const maxTokenAge = options.maxTokenAgeSeconds ?? 3600;
  return async (token) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, getKey, {
        algorithms,
        issuer: options.issuer,
        audience: options.audience,
        requiredClaims: ['exp', 'iat', 'sub', 'client_id'],
        maxTokenAge,
        clockTolerance: clockToleranceSeconds,
        currentDate: options.clock(),
      });
      if (!isAccessToken(protectedHeader.typ, payload, options.plainType ?? false)) throw invalidToken();
      if (token.split('.', 2).some(namesTwice)) throw invalidToken();
      const claims = claimsSchema.parse(payload);
      const { exp = 0, iat = 0 } = payload;
      return {
        holder: holderOf(claims, options.requireRole ?? false),
        expires: Math.min(exp, iat + maxTokenAge),
      };
    } catch (error) {
      // The cause is dropped: jose's claim errors carry the whole payload.
      if (error instanceof FacematchError) throw error;
      throw invalidToken();
    }
  };
}

/**
 * A role bounds what its scopes are worth, whatever the token says: a scope outside the role opens nothing, and
 * neither does a role that is unknown or lacks the claim it needs.
 */
function holderOf(claims: Claims, requireRole: boolean): TokenHolder {
  const person = claims.person ?? claims.act?.sub;
  const { office } = claims;
  const asked = claims.scope?.split(' ').filter((scope) => scope !== '') ?? [];
  const role = claims.role === undefined ? undefined : roleNamed(claims.role);
  const who = { client: claims.client_id, subject: claims.sub, person, office };
  if (claims.role === undefined && !requireRole) return { ...who, scopes: new Set(asked) };
  const { needs, scopes } = role === undefined ? { needs: [], scopes: [] } : roleOf(role);
  const claimed = { person, office };
  // The inquiry is no claim: each request names it, and the store knows whether it may.
  const complete = needs.every((claim) => claim === 'inquiry' || claimed[claim] !== undefined);
  const granted: readonly string[] = complete ? scopes : [];
  return {
    ...who,
    ...(role !== undefined && { role }),
    scopes: new Set(granted.filter((scope) => asked.includes(scope))),
  };
}

function isAccessToken(typ: string | undefined, payload: JWTPayload, plainType: boolean): boolean {
  const type = typ?.toLowerCase() ?? '';
  if (accessTypes.has(type)) return true;
  return plainType && plainTypes.has(type) && !foreignClaims.some((claim) => claim in payload);
}

/** Whether a part of a token could be read in two ways (RFC 7515 section 4, RFC 7519 section 4). */
function namesTwice(part: string): boolean {
  try {
    parseStrictJson(Buffer.from(part, 'base64url'));
    return false;
  } catch (error) {
    return isFacematchError(error) && error.code === 'malformed-json';
  }
}

const invalidToken = (facts: ErrorFacts = {}) =>
  new FacematchError('invalid-token', 'The bearer token is missing or not valid.', facts);
