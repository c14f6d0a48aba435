/** Bounds on what a caller may make the service hold or wait for. Bytes and milliseconds. */
export interface HttpLimits {
  readonly photoBytes: number;
  readonly jsonBytes: number;
  /** What the items of all batches may hold in memory together; a batch that needs more is read more slowly. */
  readonly batchBytes: number;
  /** Items in one batch. */
  readonly batchItems: number;
  /** Uploads that may be held in memory at a time; further ones are answered `busy`. */
  readonly concurrentUploads: number;
  readonly maxConnections: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly connectionsCheckingIntervalMs: number;
  /** Requests of one caller in a minute; undefined sets no limit. */
  readonly callerRequests: number | undefined;
  /** Refused tokens from one address in a minute; undefined sets no limit. */
  readonly refusedTokens: number | undefined;
  /** Exact number of reverse proxies in front; their hops are stripped from X-Forwarded-For. */
  readonly trustedProxies: number;
}

/**
 * Node's own defaults (60 s for headers, 300 s for the body, a check every 30 s, no cap on connections) let slow
 * senders hold a service.
 */
export const defaultLimits: HttpLimits = {
  photoBytes: 10_000_000,
  jsonBytes: 65_536,
  batchBytes: 64_000_000,
  batchItems: 100,
  concurrentUploads: 64,
  maxConnections: 512,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  // Longer than the minute for which proxies commonly keep a connection: whoever closes first must not be the server.
  keepAliveTimeoutMs: 65_000,
  connectionsCheckingIntervalMs: 1_000,
  callerRequests: undefined,
  refusedTokens: undefined,
  trustedProxies: 0,
};
