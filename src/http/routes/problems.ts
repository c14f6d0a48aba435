import type { z } from 'zod';
import { errorCodes, FacematchError } from '../../errors.js';
import { text } from '../../messages/text.js';
import { problemSchema, statusOf } from '../problems.js';
import type { OpenRoute } from '../route.js';

const explanationSchema = problemSchema.pick({ type: true, title: true, status: true, detail: true });

/** The pages that the `type` of a problem document points to. */
export const problemRoutes = (): OpenRoute[] => [
  {
    id: 'problems.explain',
    method: 'get',
    path: '/problems/{id}',
    tag: 'Operation',
    summary: 'What a type of problem means and what to do about it',
    description: 'As JSON, or as a page for a browser.',
    responses: { 200: { description: 'The explanation', schema: explanationSchema, alsoAs: ['text/html'] } },
    problems: ['not-found'],
    handler({ request, id, language }) {
      const wanted = id();
      const code = errorCodes.find((known) => known === wanted);
      if (!code) throw new FacematchError('not-found', 'There is no such type of problem.');
      const explanation: z.infer<typeof explanationSchema> = {
        type: `/problems/${code}`,
        title: text(language, `problem.${code}.title`),
        status: statusOf[code],
        detail: text(language, `problem.${code}.detail`),
      };
      const headers = { 'Content-Language': language, Vary: 'Accept, Accept-Language' };
      if (request.accepts('json', 'html') !== 'html') return { status: 200, headers, body: explanation };
      return {
        status: 200,
        headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8' },
        body: page(language, explanation),
      };
    },
  },
];

const page = (
  language: string,
  { title, status, detail }: { title: string; status: number; detail: string },
) =>
  `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>
<body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(detail)}</p><p>HTTP ${status}</p></body>
</html>
`;

const escapeHtml = (plain: string): string =>
  plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
