import { comparisonPageSchema, comparisonQuerySchema } from '../../inquiry/comparisonQuery.js';
import type { JsonRoute } from '../route.js';
import type { Services } from '../services.js';

export const comparisonQueryRoutes = ({ queryComparisons }: Services): [JsonRoute] => [
  {
    id: 'comparisons.query',
    method: 'post',
    path: '/v1/comparisons/query',
    tag: 'Comparisons',
    scope: 'comparisons:query',
    summary: 'Find comparisons by outcome, reason, office, date, number, model, score or verdict',
    description:
      'In a body, as an address must not say whose number was looked for. Every condition has to hold.',
    json: { schema: comparisonQuerySchema },
    responses: { 200: { description: 'A page of them, newest first', schema: comparisonPageSchema } },
    problems: [],
    handler: async ({ caller, document }) => ({
      status: 200,
      body: await queryComparisons(document, caller),
    }),
  },
];
