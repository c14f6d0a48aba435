import type { Registry } from 'prom-client';
import type { ReadRoute } from '../route.js';

/**
 * Behind a scope rather than open to loopback: behind a reverse proxy on the same machine every caller comes from
 * loopback, and the figures tell how many people are being reviewed.
 */
export const metricsRoutes = (registry: Registry): ReadRoute[] => [
  {
    id: 'metrics.read',
    method: 'get',
    path: '/metrics',
    tag: 'Operation',
    scope: 'metrics:read',
    summary: 'Figures for Prometheus',
    responses: { 200: { description: 'Text exposition format', contentType: 'text/plain' } },
    problems: [],
    async handler() {
      const headers = { 'Content-Type': registry.contentType };
      return { status: 200, headers, body: await registry.metrics() };
    },
  },
];
