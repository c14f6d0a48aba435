import { isIPv4, isIPv6 } from 'node:net';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { FacematchError } from '../errors.js';
import { type Identity, identityOf } from '../oversight/caller.js';
import { markNoted } from '../oversight/notedRefusals.js';

export type LimitName = 'caller' | 'address';

/** How often within a minute; undefined sets no limit. */
export interface RateSettings {
  /** Requests of one caller. */
  readonly callerRequests: number | undefined;
  /** Refused tokens from one address. */
  readonly refusedTokens: number | undefined;
}

export interface RateLimits {
  /** Counts a request of a known caller. @throws FacematchError `rate-limited` */
  request(caller: Identity): Promise<void>;
  /**
   * Counts a token that was refused. A good one from the same address is not counted and passes: behind an address
   * there may be a whole office.
   *
   * @throws FacematchError `rate-limited`
   */
  refusedToken(address: string | undefined): Promise<void>;
}

/** Told of every request that was refused; `first` of those of one caller or address within a window. */
export type OnLimited = (limit: LimitName, first: boolean, client: string | undefined) => void;

/** What a counter has to do; those of rate-limiter-flexible that keep their counts in a shared store do it as well. */
export interface Counter {
  penalty(key: string, points?: number): Promise<Pick<RateLimiterRes, 'consumedPoints' | 'msBeforeNext'>>;
}

export type CounterMaker = (name: LimitName, seconds: number) => Counter;

const windowSeconds = 60;

const inMemory: CounterMaker = (name, seconds) =>
  // The points are compared here: a counter refuses by rejecting with what is no error.
  new RateLimiterMemory({ keyPrefix: name, points: Number.MAX_SAFE_INTEGER, duration: seconds });

export function createRateLimits(
  { callerRequests, refusedTokens }: RateSettings,
  limited: OnLimited,
  counter: CounterMaker = inMemory,
): RateLimits {
  const limit = (name: LimitName, most: number | undefined) => {
    if (most === undefined) return undefined;
    const counts = counter(name, windowSeconds);
    return async (key: string, client?: string) => {
      const { consumedPoints, msBeforeNext } = await counts.penalty(key);
      if (consumedPoints <= most) return;
      const first = consumedPoints === most + 1;
      limited(name, first, client);
      throw rateLimited(msBeforeNext, first);
    };
  };
  const ofCaller = limit('caller', callerRequests);
  const ofAddress = limit('address', refusedTokens);
  return {
    request: async (caller) => ofCaller?.(identityOf(caller), caller.client),
    refusedToken: async (address) => ofAddress?.(networkOf(address)),
  };
}

/** @param first whether it is to be noted; a flood of refusals must not fill the trail and the log */
export function rateLimited(milliseconds: number, first: boolean): FacematchError {
  const retryAfterSeconds = Math.max(1, Math.ceil(milliseconds / 1000));
  const refusal = new FacematchError('rate-limited', 'The caller asks too often.', { retryAfterSeconds });
  if (!first) markNoted(refusal);
  return refusal;
}

/**
 * What one sender cannot change at will: an IPv4 address, the first 64 bits of an IPv6 one. Everything else a proxy
 * may have passed on is one sender.
 */
export function networkOf(address: string | undefined): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address ?? '')?.[1] ?? address ?? '';
  if (isIPv4(mapped)) return mapped;
  if (!isIPv6(mapped)) return 'unknown';
  const [head = '', tail] = (mapped.split('%')[0] ?? '').toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  // A last part written as IPv4 stands for two groups.
  const written = groups.length + last.length + (mapped.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? 0 : 8 - written;
  const all = [...groups, ...Array<string>(Math.max(0, zeros)).fill('0'), ...last];
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
