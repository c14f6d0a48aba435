import { reportCsv } from '../../oversight/reportCsv.js';
import { reportQuerySchema, useReportSchema } from '../../oversight/useReport.js';
import { htmlReply } from '../pages/html.js';
import { reportOnUsePage } from '../pages/useReport.js';
import type { ReadRoute } from '../route.js';
import type { Services } from '../services.js';

export const reportRoutes = ({ reports }: Services): ReadRoute[] => [
  {
    id: 'reports.use',
    method: 'get',
    path: '/v1/reports/use',
    tag: 'Oversight',
    scope: 'reports:read',
    summary: 'How the service is used: comparisons, results, reviews, refusals, destructions',
    description: 'As JSON, as CSV (text/csv) or as a page with charts (text/html).',
    query: reportQuerySchema,
    responses: {
      200: { description: 'The report', schema: useReportSchema, alsoAs: ['text/csv', 'text/html'] },
    },
    problems: ['validation'],
    async handler({ caller, language, query, request }) {
      const report = await reports.use(query(), caller);
      switch (request.accepts('json', 'html', 'csv')) {
        case 'html':
          return htmlReply(language, reportOnUsePage(report, language));
        case 'csv':
          return {
            status: 200,
            headers: { 'Content-Type': 'text/csv; charset=utf-8', Vary: 'Accept' },
            body: await reportCsv(report),
          };
        default:
          return { status: 200, headers: { Vary: 'Accept' }, body: report };
      }
    },
  },
];
