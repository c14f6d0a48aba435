import { createLocalJWKSet, createRemoteJWKSet, errors, type JWK, type JWTVerifyGetKey } from 'jose';
import { FacematchError } from '../errors.js';

/** Where the issuer publishes its keys, or the public keys themselves. */
export type TokenKeySource = { readonly jwksUrl: string } | { readonly jwks: readonly JWK[] };

export interface TokenKeyOptions {
  /** What an RSA key that names no algorithm is taken for. Default RS256. */
  readonly rsaAlgorithm?: 'RS256' | 'PS256' | undefined;
  /** Milliseconds that only ever grow, whatever is done to the clock. */
  readonly elapsed?: (() => number) | undefined;
}

/** A published set is read again after so long, beside the requests that go on with what was read before. */
export const readEveryMs = 5 * 60_000;
/** Without a newer reading nobody is let in after so long: until then a key that was taken back may still count. */
export const keysKeptMs = 10 * 60_000;
/** Between two readings that tokens with an unknown key bring about. */
export const readAgainMs = 30_000;
/** After a reading that failed, nobody asks again for so long. */
export const pauseMs = 1_000;
/** The answer must be there by then, with its last byte. */
const timeoutMs = 5_000;

/** The key of a token's header. Rejects with an error of jose for a token's fault, else with `auth-unavailable`. */
export function tokenKeys(source: TokenKeySource, options: TokenKeyOptions = {}): JWTVerifyGetKey {
  const keys = 'jwksUrl' in source ? publishedKeys(source.jwksUrl, options) : givenKeys(source.jwks);
  const rsaAlgorithm = options.rsaAlgorithm ?? 'RS256';
  return async (header, token) => {
    const key = await found(keys.find, header, token);
    // RS256 and PS256 share keys: the key's owner says which one counts, not the token (RFC 8725 section 3.1).
    if (header.alg === 'RS256' || header.alg === 'PS256') {
      const declared = keys
        .all()
        .some(({ alg, kid }) => alg === header.alg && (header.kid === undefined || kid === header.kid));
      if (!declared && header.alg !== rsaAlgorithm) throw new errors.JWKSNoMatchingKey();
    }
    return key;
  };
}

async function found(find: JWTVerifyGetKey, ...asked: Parameters<JWTVerifyGetKey>) {
  try {
    return await find(...asked);
  } catch (error) {
    throw isTokensFault(error) ? error : unavailable();
  }
}

interface Keys {
  readonly find: JWTVerifyGetKey;
  readonly all: () => readonly JWK[];
}

function givenKeys(jwks: readonly JWK[]): Keys {
  return { find: createLocalJWKSet({ keys: [...jwks] }), all: () => jwks };
}

/**
 * The issuer's set, kept by a clock that nobody can set: by the time of day, a clock set back would keep keys that were
 * taken back, and be blind to new ones, until it had caught up. Whoever sends tokens decides how often they are
 * verified, but not how often the issuer is asked.
 */
function publishedKeys(url: string, { elapsed = () => performance.now() }: TokenKeyOptions): Keys {
  const set = createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: Number.POSITIVE_INFINITY,
  });
  let readAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  const read = async () => {
    if (elapsed() - failedAt < pauseMs) throw unavailable();
    try {
      await set.reload();
      readAt = elapsed();
    } catch (error) {
      failedAt = elapsed();
      throw error;
    }
  };
  const readOnce = () => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  return {
    async find(header, token) {
      const age = elapsed() - readAt;
      if (age >= keysKeptMs) await readOnce();
      // What it fails with shows when the keys are too old.
      else if (age >= readEveryMs) void readOnce().catch(() => {});
      try {
        return await set(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || elapsed() - readAt < readAgainMs) throw error;
        await readOnce();
        return set(header, token);
      }
    },
    all: () => set.jwks()?.keys ?? [],
  };
}

const isTokensFault = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

const unavailable = () => new FacematchError('auth-unavailable', 'The token keys cannot be fetched.');
