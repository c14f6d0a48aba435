import { styleSheet } from '../pages/html.js';
import type { OpenRoute } from '../route.js';

/** What the printable pages look like; a style sheet of its own, as none may stand in a page. */
export const pageRoutes = (): OpenRoute[] => [
  {
    id: 'pages.style',
    method: 'get',
    path: '/pages/page.css',
    tag: 'Operation',
    summary: 'Style sheet of the printable pages',
    responses: { 200: { description: 'The style sheet', contentType: 'text/css' } },
    problems: [],
    handler: () => ({
      status: 200,
      headers: { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'public, max-age=3600' },
      body: styleSheet,
    }),
  },
];
