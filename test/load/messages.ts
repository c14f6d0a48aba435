/** Whose tokens the requests carry, in turn. */
export interface Sender {
  readonly token: string;
  readonly office: string;
}

/**
 * `open`: requests begin at random moments, so many a second, whether or not others were answered. `closed`: each of
 * the lanes sends the next one when the last was answered, `pauseMs` later when it was turned away.
 */
export type Plan =
  | { readonly kind: 'open'; readonly perSecond: number; readonly seconds: number }
  | {
      readonly kind: 'closed';
      readonly lanes: number;
      readonly seconds: number;
      readonly pauseMs: number;
      /** Between an answer and the next request. */
      readonly thinkMs?: number;
    };

export interface Task {
  readonly url: string;
  readonly senders: readonly Sender[];
  readonly photos: readonly Uint8Array[];
  /** Holders that the store has. */
  readonly holders: number;
  /** Makes the applications of this task unlike all others. */
  readonly series: string;
  /**
   * Connections, all open before the first request, as a reverse proxy keeps them: where a service accepts one new
   * connection each time it looks at its sockets, many new ones at once would measure that alone.
   */
  readonly connections: number;
  /** Of the random moments. */
  readonly seed: number;
  readonly plan: Plan;
}

export interface Sent {
  /** When the request began, in milliseconds from the start of the task; then its status and how long it took. */
  readonly answers: readonly (readonly [at: number, status: number, ms: number])[];
  /** Ids of the comparisons that were acknowledged. */
  readonly acknowledged: readonly string[];
  /** Problem types by how often they came. */
  readonly problems: Readonly<Record<string, number>>;
  /** 503 and 429 that did not say when to try again. */
  readonly withoutRetryAfter: number;
  /** Connections that broke before the answer. */
  readonly broken: number;
  /** Requests that were due while as many connections as allowed were in use. */
  readonly unsent: number;
  readonly elapsedMs: number;
}
