import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FacematchError } from '../../errors.js';
import type { OpenRoute } from '../route.js';

/** Swagger UI's own folder; its package has no types to import. */
const assetFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const assets: Readonly<Record<string, { readonly type: string; read(): Promise<string | Buffer> }>> = {
  'swagger-ui.css': packaged('swagger-ui.css', 'text/css'),
  'swagger-ui-bundle.js': packaged('swagger-ui-bundle.js', 'text/javascript'),
  'favicon-32x32.png': packaged('favicon-32x32.png', 'image/png'),
  'start.js': { type: 'text/javascript; charset=utf-8', read: async () => startScript },
};

function packaged(name: string, type: string) {
  return {
    type: type.startsWith('text/') ? `${type}; charset=utf-8` : type,
    read: () => readFile(join(assetFolder, name)),
  };
}

/** Relative addresses, so that the page also works below a path of a reverse proxy. */
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>passport-facematch</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

/** Without a validator, so that no request goes to another host. */
const startScript = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
`;

export const docsRoutes = (openApi: () => object): OpenRoute[] => [
  {
    id: 'docs.openapi',
    method: 'get',
    path: '/openapi.json',
    tag: 'Operation',
    summary: 'This description (OpenAPI 3.1)',
    responses: { 200: { description: 'The description', contentType: 'application/json' } },
    problems: [],
    handler: () => ({ status: 200, body: openApi() }),
  },
  {
    id: 'docs.page',
    method: 'get',
    path: '/docs',
    tag: 'Operation',
    summary: 'This description as a page',
    responses: { 200: { description: 'The page', contentType: 'text/html' } },
    problems: [],
    handler: () => ({ status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: page }),
  },
  {
    id: 'docs.asset',
    method: 'get',
    path: '/docs/{file}',
    tag: 'Operation',
    summary: 'A script, style sheet or image of that page',
    responses: { 200: { description: 'The file', contentType: '*/*' } },
    problems: ['not-found'],
    async handler({ request }) {
      const name = String(request.params['file']);
      const asset = Object.hasOwn(assets, name) ? assets[name] : undefined;
      if (!asset) throw new FacematchError('not-found', 'There is no such file.');
      const headers = { 'Content-Type': asset.type, 'Cache-Control': 'public, max-age=3600' };
      return { status: 200, headers, body: await asset.read() };
    },
  },
];
