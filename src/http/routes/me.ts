import { meSchema } from '../../oversight/me.js';
import { anyToken, type ReadRoute } from '../route.js';
import type { Services } from '../services.js';

export const meRoutes = ({ me }: Services): [ReadRoute] => [
  {
    id: 'me.read',
    method: 'get',
    path: '/v1/me',
    tag: 'Oversight',
    scope: anyToken,
    ownInquiry: true,
    summary: 'Who the token is to the service, what it opens, and whether the service decides anything now',
    responses: { 200: { description: 'As it is now', schema: meSchema } },
    problems: [],
    handler: async ({ caller }) => ({ status: 200, body: await me(caller) }),
  },
];
