import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JWK,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import { type ErrorFacts, FacematchError } from '../errors.js';
import type { Caller } from '../oversight/caller.js';
import { roleNamed, roleOf } from '../oversight/roles.js';
import { VerifiedTokens } from './verifiedTokens.js';

export interface AuthOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer publishes its keys, or the public keys themselves. */
  readonly keys: { readonly jwksUrl: string } | { readonly jwks: readonly JWK[] };
  /** What an RSA key that names no algorithm is taken for. Default RS256. */
  readonly rsaAlgorithm?: 'RS256' | 'PS256';
  /** Seconds since `iat` after which a token is refused whatever its `exp` says. Default 3600. */
  readonly maxTokenAgeSeconds?: number;
  /** Whether a token without a role opens nothing. Only development does without. */
  readonly requireRole?: boolean;
  readonly clock: Clock;
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
const types = new Set(['at+jwt', 'application/at+jwt', 'jwt', 'application/jwt']);
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

export function createAuthenticator(options: AuthOptions): Authenticator {
  const verify = verifier(options);
  const verified = new VerifiedTokens(options.clock);
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
  const getKey = keyFinder(options);
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
      if (!types.has(protectedHeader.typ?.toLowerCase() ?? '')) throw invalidToken();
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

function keyFinder(options: AuthOptions): JWTVerifyGetKey {
  const { keys } = options;
  const remote = 'jwksUrl' in keys ? createRemoteJWKSet(new URL(keys.jwksUrl)) : undefined;
  const local = 'jwks' in keys ? createLocalJWKSet({ keys: [...keys.jwks] }) : undefined;
  const rsaAlgorithm = options.rsaAlgorithm ?? 'RS256';
  return async (header, token) => {
    const find = remote ?? local;
    if (!find) throw new FacematchError('config-invalid', 'There are no token keys.');
    const key = await find(header, token).catch((error: unknown) => {
      throw isTokensFault(error) ? error : keysUnavailable();
    });
    // RS256 and PS256 share keys: the key's owner says which one counts, not the token (RFC 8725 section 3.1).
    if (header.alg === 'RS256' || header.alg === 'PS256') {
      const published = (remote ?? local)?.jwks()?.keys ?? [];
      const declared = published.some(
        ({ alg, kid }) => alg === header.alg && (header.kid === undefined || kid === header.kid),
      );
      if (!declared && header.alg !== rsaAlgorithm) throw invalidToken();
    }
    return key;
  };
}

const isTokensFault = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

const invalidToken = (facts: ErrorFacts = {}) =>
  new FacematchError('invalid-token', 'The bearer token is missing or not valid.', facts);
const keysUnavailable = () => new FacematchError('auth-unavailable', 'The token keys cannot be fetched.');
