import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { TokenHolder } from './auth.js';

/** Tokens remembered at most, the longest known going first. */
const most = 1000;
/** A key that its issuer takes back still counts for so long. */
export const rememberedMs = 60_000;

interface Known {
  readonly holder: TokenHolder;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** By the clock that nobody can set. */
  readonly verifiedAt: number;
}

/**
 * Tokens whose signature and claims were verified a moment ago: an office's system sends the same one with every
 * request. They are known by their SHA-256, so that none can be read from here, and never beyond their own end.
 */
export class VerifiedTokens {
  readonly #clock: Clock;
  readonly #elapsed: () => number;
  readonly #known = new Map<string, Known>();

  /** @param elapsed milliseconds that only ever grow: a clock set back must not lengthen the minute */
  constructor(clock: Clock, elapsed: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#elapsed = elapsed;
  }

  find(token: string): TokenHolder | undefined {
    const digest = digestOf(token);
    const known = this.#known.get(digest);
    if (known === undefined) return undefined;
    const fresh = this.#elapsed() - known.verifiedAt < rememberedMs;
    if (fresh && this.#clock().getTime() < known.until) return known.holder;
    this.#known.delete(digest);
    return undefined;
  }

  /** @param expires seconds since 1970 from which the token is refused */
  keep(token: string, holder: TokenHolder, expires: number): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= most && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(digestOf(token), { holder, until: expires * 1000, verifiedAt: this.#elapsed() });
  }
}

const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64');
