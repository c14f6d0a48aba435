import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface HttpMetrics {
  readonly registry: Registry;
  readonly inFlight: Gauge;
  readonly limited: Counter<'limit'>;
  readonly duration: Histogram<'method' | 'route' | 'status'>;
}

/** Registers the HTTP figures in `registry`; routes appear as patterns, so the number of series is bounded. */
export function createHttpMetrics(registry: Registry): HttpMetrics {
  return {
    registry,
    inFlight: new Gauge({
      name: 'facematch_http_requests_in_flight',
      help: 'Requests being handled',
      registers: [registry],
    }),
    limited: new Counter({
      name: 'facematch_rate_limited_total',
      help: 'Requests refused because their caller, or their address without a valid token, sent too many',
      labelNames: ['limit'],
      registers: [registry],
    }),
    duration: new Histogram({
      name: 'facematch_http_request_duration_seconds',
      help: 'Time from the first byte of a request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    }),
  };
}
