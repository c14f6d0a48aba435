import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { TokenHolder } from './auth.js';

/** Tokens remembered at most, the longest known going first. */
const most = 1000;
/** A key that its issuer takes back still counts for so long. */
const rememberedMs = 60_000;

interface Known {
  readonly holder: TokenHolder;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * Tokens whose signature and claims were verified a moment ago: an office's system sends the same one with every
 * request. They are known by their SHA-256, so that none can be read from here, and never beyond their own end.
 */
export class VerifiedTokens {
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  find(token: string): TokenHolder | undefined {
    const digest = digestOf(token);
    const known = this.#known.get(digest);
    if (known === undefined) return undefined;
    if (this.#clock().getTime() < known.until) return known.holder;
    this.#known.delete(digest);
    return undefined;
  }

  /** @param expires seconds since 1970 from which the token is refused */
  keep(token: string, holder: TokenHolder, expires: number): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= most && oldest !== undefined) this.#known.delete(oldest);
    const until = Math.min(this.#clock().getTime() + rememberedMs, expires * 1000);
    this.#known.set(digestOf(token), { holder, until });
  }
}

const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64');
