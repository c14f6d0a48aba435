import { calibrationViewSchema } from '../../comparison/calibrationView.js';
import type { ReadRoute } from '../route.js';
import type { Services } from '../services.js';

export const calibrationRoutes = ({ calibration }: Services): [ReadRoute] => [
  {
    id: 'calibration.read',
    method: 'get',
    path: '/v1/calibration',
    tag: 'Comparisons',
    scope: 'comparisons:evidence',
    summary: 'What scores are measured against: distributions, false match rates, thresholds',
    responses: { 200: { description: 'Of the model in use', schema: calibrationViewSchema } },
    problems: [],
    handler: async ({ caller }) => ({ status: 200, body: await calibration(caller) }),
  },
];
