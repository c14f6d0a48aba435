import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { errorCodes } from '../../src/errors.js';
import { statusOf } from '../../src/http/problems.js';
import { type Harness, startHarness } from './harness.js';

type Json = Record<string, unknown>;
interface Operation {
  operationId: string;
  parameters: { name: string; in: string; required?: boolean }[];
  requestBody?: {
    content: Record<string, { schema: { required: string[]; properties: Record<string, Json> } }>;
  };
  responses: Record<string, { description: string; content?: Record<string, Json> }>;
  security?: Record<string, string[]>[];
}
interface Document {
  openapi: string;
  info: Json;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; securitySchemes: Record<string, Json> };
}

describe('the description', () => {
  let harness: Harness;
  let document: Document;
  before(async () => {
    harness = await startHarness();
    document = (await (await fetch(`${harness.url}/openapi.json`)).json()) as Document;
  });
  after(() => harness.server.close(1000));

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );

  it('is OpenAPI 3.1 with unique operations, declared path parameters and resolvable references', () => {
    assert.match(document.openapi, /^3\.1\.\d$/);
    assert.ok(document.info['title'] && document.info['version']);
    const ids = operations().map(({ operation }) => operation.operationId);
    assert.equal(new Set(ids).size, ids.length);
    for (const { path, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = operation.parameters.filter((parameter) => parameter.in === 'path');
      assert.deepEqual(
        declared.map(({ name }) => name),
        inPath,
      );
      assert.ok(declared.every(({ required }) => required));
      for (const [status, response] of Object.entries(operation.responses)) {
        assert.match(status, /^[2-5]\d\d$/);
        assert.ok(response.description.length > 0);
      }
    }
    for (const [, pointer] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = pointer!.split('/').reduce<unknown>((node, name) => (node as Json)?.[name], document);
      assert.ok(target, pointer);
    }
    assert.ok(!JSON.stringify(document).includes('$schema'));
  });

  it('has every route that answers', async () => {
    const expected = [
      'post /v1/documents',
      'post /v1/comparisons',
      'post /v1/comparisons/batch',
      'post /v1/comparisons/query',
      'get /v1/comparisons/{id}',
      'get /v1/comparisons/{id}/confirmation',
      'post /v1/comparisons/{id}/decision',
      'get /v1/documents/{id}',
      'get /v1/documents/{id}/photo',
      'get /v1/comparisons/{id}/photos/{name}',
      'get /v1/comparisons/{id}/geometry',
      'get /v1/calibration',
      'get /v1/me',
      'patch /v1/documents/{id}',
      'post /v1/quality',
      'post /v1/status-changes',
      'post /v1/checkdoc/lookup',
      'get /v1/checkdoc/changes',
      'post /v1/border/lookup',
      'post /v1/holders/lookup',
      'get /v1/holders/{id}/file',
      'get /v1/audit',
      'post /v1/audit/query',
      'get /v1/audit/head',
      'get /v1/mode',
      'get /v1/mode/requests',
      'post /v1/mode/requests',
      'post /v1/mode/requests/{id}/approval',
      'get /v1/holds',
      'post /v1/holds',
      'post /v1/holds/{id}/release',
      'get /v1/reviews',
      'get /v1/reviews/{id}',
      'post /v1/reviews/{id}/claim',
      'post /v1/reviews/{id}/release',
      'post /v1/reviews/{id}/verdict',
      'get /v1/inquiries',
      'post /v1/inquiries',
      'get /v1/inquiries/{id}',
      'post /v1/inquiries/{id}/members',
      'post /v1/inquiries/{id}/records',
      'post /v1/inquiries/{id}/extension',
      'post /v1/inquiries/{id}/closure',
      'get /v1/reports/use',
      'post /v1/inquiries/{id}/searches',
      'post /v1/inquiries/{id}/sweeps',
      'get /v1/searches/{id}',
      'get /v1/searches/{id}/photo',
      'post /v1/searches/{id}/approval',
      'post /v1/searches/{id}/candidates/{rank}/verification',
      'get /v1/operations/retention-runs',
      'post /v1/operations/retention-runs',
      'post /v1/operations/keyring-backups',
      'get /pages/page.css',
      'get /health/live',
      'get /health/ready',
      'get /metrics',
      'get /problems/{id}',
      'get /openapi.json',
      'get /docs',
      'get /docs/{file}',
    ];
    assert.deepEqual(
      operations()
        .map(({ path, method }) => `${method} ${path}`)
        .sort(),
      expected.sort(),
    );
    for (const { path, method, operation } of operations()) {
      const url = harness.url + path.replace('{file}', 'start.js').replace('{id}', 'photo-missing');
      const response = await fetch(url, { method: method.toUpperCase() });
      assert.equal(response.status, operation.security ? 401 : 200, path);
    }
  });

  it('shows the fields of the record, the application and the answer, and their scopes', () => {
    const form = (path: string) =>
      document.paths[path]!['post']!.requestBody!.content['multipart/form-data']!.schema;
    assert.deepEqual(form('/v1/documents').required, ['record', 'photo']);
    assert.deepEqual(Object.keys(form('/v1/documents').properties), ['record', 'photo', 'signature']);
    const record = form('/v1/documents').properties['record'] as {
      anyOf: { properties: Json; additionalProperties: boolean }[];
    };
    assert.deepEqual(
      record.anyOf.map(({ properties }) => Object.keys(properties)),
      [
        ['source', 'holder', 'document', 'production'],
        ['source', 'holder', 'document', 'production'],
        ['source', 'holder', 'document'],
      ],
    );
    assert.ok(record.anyOf.every(({ additionalProperties }) => additionalProperties === false));
    const application = form('/v1/comparisons').properties['application'] as { properties: Json };
    assert.ok('claimedDocuments' in application.properties);
    const answer =
      document.paths['/v1/comparisons/{id}']!['get']!.responses['200']!.content!['application/json']!;
    assert.ok('outcome' in (answer['schema'] as { properties: Json }).properties);
    assert.deepEqual(document.paths['/v1/documents']!['post']!.security, [{ token: ['documents:write'] }]);
    assert.equal(document.components.securitySchemes['token']!['scheme'], 'bearer');
  });

  it('offers an Idempotency-Key where one is honoured, and nowhere else', () => {
    const offering = operations().filter(({ operation }) =>
      operation.parameters.some(({ name }) => name === 'Idempotency-Key'),
    );
    assert.deepEqual(offering.map(({ operation }) => operation.operationId).sort(), [
      'comparisons.batch',
      'comparisons.create',
      'documents.transfer',
    ]);
    for (const { operation } of operations()) {
      const told = JSON.stringify(operation.responses).includes('`idempotency-mismatch`');
      assert.equal(
        told,
        offering.some((one) => one.operation === operation),
        operation.operationId,
      );
    }
  });

  it('files every problem under its status', () => {
    const { responses } = document.paths['/v1/comparisons']!['post']!;
    for (const [status, { description }] of Object.entries(responses)) {
      for (const [, slug] of description.matchAll(/^`([a-z-]+)`:/gm)) {
        const code = errorCodes.find((known) => known === slug);
        assert.equal(code && String(statusOf[code]), status);
      }
    }
    assert.ok(responses['413']!.description.includes('`photo-too-large`'));
    assert.ok('application/problem+json' in responses['415']!.content!);
    for (const { operation } of operations()) {
      for (const { description, content = {} } of Object.values(operation.responses)) {
        const problem = content['application/problem+json']?.['schema'] as
          | { allOf: [Json, { properties: { type: { enum: string[] } } }] }
          | undefined;
        if (problem === undefined) continue;
        const told = [...description.matchAll(/^`([a-z-]+)`:/gm)].map(([, slug]) => `/problems/${slug}`);
        assert.deepEqual(problem.allOf[1].properties.type.enum, told, operation.operationId);
      }
    }
  });

  it('names every type that an answer comes in', () => {
    const typesOf = (path: string) =>
      Object.keys(document.paths[path]!['get']!.responses['200']!.content!).sort();
    assert.deepEqual(typesOf('/v1/reports/use'), ['application/json', 'text/csv', 'text/html']);
    for (const path of ['/v1/holders/{id}/file', '/v1/comparisons/{id}/confirmation', '/problems/{id}'])
      assert.deepEqual(typesOf(path), ['application/json', 'text/html']);
  });
});

describe('the browsable page', () => {
  let harness: Harness;
  before(async () => {
    harness = await startHarness();
  });
  after(() => harness.server.close(1000));

  it('works under its own content security policy: no inline code or style, no other host', async () => {
    const response = await fetch(`${harness.url}/docs`);
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'/);
    assert.ok(!policy.includes('unsafe') && !policy.includes('http'));
    const page = await response.text();
    for (const [, attributes, content] of page.matchAll(/<script([^>]*)>([^<]*)/g)) {
      assert.ok(attributes!.includes('src=') && content!.trim() === '');
    }
    assert.ok(!/<style|\sstyle=|\son\w+=|https?:\/\//.test(page));
    const addresses = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
    assert.equal(addresses.length, 4);
    for (const address of addresses) {
      const asset = await fetch(new URL(address, `${harness.url}/docs`));
      assert.equal(asset.status, 200, address);
      assert.equal(asset.headers.get('x-content-type-options'), 'nosniff');
      const type = address.endsWith('.js')
        ? 'text/javascript'
        : address.endsWith('.css')
          ? 'text/css'
          : 'image/png';
      assert.ok(asset.headers.get('content-type')!.startsWith(type));
      assert.ok((await asset.arrayBuffer()).byteLength > 50);
    }
  });

  it('points the page at the description, with no validator elsewhere', async () => {
    const script = await (await fetch(`${harness.url}/docs/start.js`)).text();
    assert.match(script, /url: 'openapi\.json'/);
    assert.match(script, /validatorUrl: null/);
    assert.ok(!/https?:/.test(script));
  });

  it('serves nothing else from that folder', async () => {
    for (const name of [
      'package.json',
      'index.html',
      '..%2fpackage.json',
      '%2e%2e',
      'constructor',
      '__proto__',
    ]) {
      assert.equal((await fetch(`${harness.url}/docs/${name}`)).status, 404, name);
    }
  });
});
