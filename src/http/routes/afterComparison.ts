import { confirmationSchema, decisionSchema } from '../../comparison/confirmation.js';
import { confirmationPage } from '../pages/confirmation.js';
import { htmlReply } from '../pages/html.js';
import type { JsonRoute, ReadRoute } from '../route.js';
import type { Services } from '../services.js';

export const afterComparisonRoutes = ({ afterComparison }: Services): [ReadRoute, JsonRoute] => [
  {
    id: 'comparisons.confirm',
    method: 'get',
    path: '/v1/comparisons/{id}/confirmation',
    tag: 'Comparisons',
    scope: 'comparisons:confirm',
    summary: 'What was recorded at an application, for the applicant',
    description: 'As JSON, or as a page to print in the language asked for; without how it came out.',
    responses: {
      200: { description: 'The confirmation', schema: confirmationSchema, alsoAs: ['text/html'] },
    },
    problems: ['not-found', 'integrity-failure'],
    async handler({ caller, id, language, request }) {
      const confirmation = await afterComparison.confirm(id(), caller);
      if (request.accepts('json', 'html') === 'html') {
        return htmlReply(language, confirmationPage(confirmation, language));
      }
      return { status: 200, headers: { Vary: 'Accept' }, body: confirmation };
    },
  },
  {
    id: 'comparisons.decide',
    method: 'post',
    path: '/v1/comparisons/{id}/decision',
    tag: 'Comparisons',
    scope: 'comparisons:decide',
    summary: 'Record what people decided on the application',
    description: 'The last decision counts. The report on use compares decisions with what a trial computed.',
    json: { schema: decisionSchema },
    responses: { 200: { description: 'Recorded', schema: decisionSchema } },
    problems: ['not-found'],
    handler: async ({ caller, id, document }) => ({
      status: 200,
      body: await afterComparison.decide(id(), document, caller),
    }),
  },
];
