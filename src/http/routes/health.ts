import { z } from 'zod';
import type { OpenRoute } from '../route.js';
import type { Services } from '../services.js';

const readinessSchema = z.strictObject({
  ready: z.boolean(),
  checks: z.record(z.string(), z.string()).describe('ok, or what is wrong'),
});

export const healthRoutes = (services: Pick<Services, 'readiness'>): OpenRoute[] => [
  {
    id: 'health.live',
    method: 'get',
    path: '/health/live',
    tag: 'Operation',
    summary: 'Whether the process answers',
    responses: { 200: { description: 'It does', schema: z.strictObject({ status: z.literal('live') }) } },
    problems: [],
    handler: () => ({ status: 200, body: { status: 'live' } }),
  },
  {
    id: 'health.ready',
    method: 'get',
    path: '/health/ready',
    tag: 'Operation',
    summary: 'Whether the service can do its work now',
    responses: {
      200: { description: 'It can', schema: readinessSchema },
      503: { description: 'It cannot', schema: readinessSchema },
    },
    problems: [],
    async handler() {
      const { ready, checks } = await services.readiness();
      return ready
        ? { status: 200, body: { ready, checks } }
        : { status: 503, headers: { 'Retry-After': '5' }, body: { ready, checks } };
    },
  },
];
