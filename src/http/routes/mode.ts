import { z } from 'zod';
import { modeRequestSchema, modeRequestViewSchema, modeStateSchema } from '../../oversight/mode.js';
import type { JsonRoute, ReadRoute } from '../route.js';
import type { Services } from '../services.js';

export const modeRoutes = ({ mode }: Services): [ReadRoute, ReadRoute, JsonRoute, JsonRoute] => [
  {
    id: 'mode.read',
    method: 'get',
    path: '/v1/mode',
    tag: 'Oversight',
    scope: 'mode:read',
    summary: 'Whether the service is active, on trial or suspended, since when, until when and why',
    responses: { 200: { description: 'As it is now', schema: modeStateSchema } },
    problems: [],
    handler: async ({ caller }) => ({ status: 200, body: await mode.state(caller) }),
  },
  {
    id: 'mode.requests',
    method: 'get',
    path: '/v1/mode/requests',
    tag: 'Oversight',
    scope: 'mode:read',
    summary: 'Requests that wait for a second person',
    responses: {
      200: {
        description: 'Oldest first',
        schema: z.strictObject({ requests: z.array(modeRequestViewSchema) }),
      },
    },
    problems: [],
    handler: async ({ caller }) => ({ status: 200, body: { requests: await mode.waiting(caller) } }),
  },
  {
    id: 'mode.request',
    method: 'post',
    path: '/v1/mode/requests',
    tag: 'Oversight',
    scope: 'mode:request',
    summary: 'Ask for a trial, a suspension, or the end of either',
    description: 'Nothing changes until a second person approves, within a week.',
    json: { schema: modeRequestSchema },
    responses: { 201: { description: 'Waits for a second person', schema: modeRequestViewSchema } },
    problems: ['person-required'],
    async handler({ caller, document }) {
      const made = await mode.request(document, caller);
      return { status: 201, headers: { Location: `/v1/mode/requests/${made.id}` }, body: made };
    },
  },
  {
    id: 'mode.approve',
    method: 'post',
    path: '/v1/mode/requests/{id}/approval',
    tag: 'Oversight',
    scope: 'mode:approve',
    summary: 'Approve what another person asked for: it takes effect at once',
    json: { schema: z.strictObject({}) },
    responses: { 200: { description: 'The mode from now on', schema: modeStateSchema } },
    problems: ['not-found', 'person-required', 'second-person-required', 'request-closed'],
    handler: async ({ caller, id }) => ({ status: 200, body: await mode.approve(id(), caller) }),
  },
];
