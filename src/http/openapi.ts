import { z } from 'zod';
import type { ErrorCode } from '../errors.js';
import { text } from '../messages/text.js';
import { languages } from '../oversight/caller.js';
import { scopes } from '../oversight/scopes.js';
import type { FormShape } from './multipart.js';
import type { ItemShape } from './multipartStream.js';
import { problemSchema, statusOf } from './problems.js';
import { type ResponseSpec, type Route, scopesOf } from './route.js';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of the routes: generated from what mounts, protects and validates them. */
export function openApiOf(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes)
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'passport-facematch',
      version,
      description:
        "Compares a passport applicant's photo with the holder's last two passports and answers consistent, review or not-comparable. A person decides.",
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { Problem: schemaOf(problemSchema, 'output') },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: Object.entries(scopes)
            .map(([scope, meaning]) => `\`${scope}\`: ${meaning}`)
            .join('\n\n'),
        },
      },
    },
  };
}

function operationOf(route: Route): Json {
  const parameters = [
    ...[...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...queryParametersOf(route),
    {
      name: 'Accept-Language',
      in: 'header',
      description: `Language of the texts: ${languages.join(', ')}`,
      schema: { type: 'string' },
    },
    ...(route.scope !== undefined && !route.ownInquiry
      ? [
          {
            name: 'Inquiry',
            in: 'header',
            description: 'Id of the inquiry within which the request is made; required of investigators',
            schema: { type: 'string', pattern: '^[\\w-]{1,64}$' },
          },
        ]
      : []),
    ...(route.idempotent
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header',
            description: 'Repeating a request with the same key does it once',
            schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
          },
        ]
      : []),
  ];
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description !== undefined && { description: route.description }),
    parameters,
    ...(route.scope !== undefined && {
      security: securityOf(route),
    }),
    ...requestBodyOf(route),
    responses: { ...responsesOf(route), ...problemResponsesOf(route) },
  };
}

/** Alternatives: any one of them opens the route. */
function securityOf(route: Route): Json[] {
  const scopes = scopesOf(route);
  return scopes.length === 0 ? [{ token: [] }] : scopes.map((scope) => ({ token: [scope] }));
}

function queryParametersOf({ query }: Route): Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema,
  }));
}

const takesJson = ({ form, json, items }: Route): boolean =>
  form !== undefined || json !== undefined || items !== undefined;

function requestBodyOf({ form, json, items }: Route): Json {
  if (json) {
    const content = { 'application/json': { schema: schemaOf(json.schema, 'input') } };
    return { requestBody: { required: true, content } };
  }
  if (form) {
    const json = form.schema && schemaOf(form.schema, 'input');
    const schema = formSchemaOf(form.shape, json);
    const content = {
      'multipart/form-data': { schema, encoding: encodingOf(form.shape) },
      ...(form.orJson && json && { 'application/json': { schema: json } }),
    };
    return { requestBody: { required: true, content } };
  }
  if (items) {
    const shape: FormShape = {
      json: items.shape.json,
      images: [{ name: items.shape.image, required: true }],
    };
    const schema = itemsSchemaOf(items.shape, schemaOf(items.schema, 'input'));
    const content = { 'multipart/form-data': { schema, encoding: encodingOf(shape) } };
    return { requestBody: { required: true, content } };
  }
  return {};
}

/** Parts of one name that repeat are an array (OpenAPI 3.1, "Special Considerations for multipart Content"). */
const itemsSchemaOf = (shape: ItemShape, json: Json): Json => ({
  type: 'object',
  additionalProperties: false,
  required: [shape.json, shape.image],
  properties: {
    [shape.json]: { type: 'array', items: json, description: 'Each followed by its image' },
    [shape.image]: { type: 'array', items: { contentMediaType: 'image/*' } },
  },
});

const formSchemaOf = (shape: FormShape, json: Json | undefined): Json => ({
  type: 'object',
  additionalProperties: false,
  required: [
    ...(shape.json === undefined ? [] : [shape.json]),
    ...shape.images.filter(({ required }) => required).map(({ name }) => name),
  ],
  properties: {
    ...(shape.json !== undefined && { [shape.json]: json }),
    ...Object.fromEntries(shape.images.map(({ name }) => [name, { contentMediaType: 'image/*' }])),
  },
});

const encodingOf = (shape: FormShape): Json => ({
  ...(shape.json !== undefined && { [shape.json]: { contentType: 'application/json' } }),
  ...Object.fromEntries(
    shape.images.map(({ name }) => [name, { contentType: 'image/jpeg, image/png, image/webp' }]),
  ),
});

function responsesOf(route: Route): Json {
  const one = ({ description, schema, contentType, alsoAs = [], headers }: ResponseSpec): Json => ({
    description,
    content: {
      [contentType ?? 'application/json']: schema ? { schema: schemaOf(schema, 'output') } : {},
      ...Object.fromEntries(alsoAs.map((type) => [type, {}])),
    },
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, about]) => [
          name,
          { description: about, schema: { type: 'string' } },
        ]),
      ),
    }),
  });
  return Object.fromEntries(Object.entries(route.responses).map(([status, spec]) => [status, one(spec)]));
}

/** One response per status: several codes may share it. */
function problemResponsesOf(route: Route): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of problemsOf(route))
    byStatus.set(statusOf[code], [...(byStatus.get(statusOf[code]) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${text('en', `problem.${code}.title`)}`).join('\n\n'),
        content: { 'application/problem+json': { schema: problemOfCodes(codes) } },
      },
    ]),
  );
}

const problemOfCodes = (codes: readonly ErrorCode[]): Json => ({
  allOf: [
    { $ref: '#/components/schemas/Problem' },
    { properties: { type: { enum: codes.map((code) => `/problems/${code}`) } } },
  ],
});

const ofEvery: readonly ErrorCode[] = [
  'malformed-request',
  'headers-too-large',
  'request-timeout',
  'internal',
];
const ofProtected: readonly ErrorCode[] = [
  'invalid-token',
  'forbidden',
  'inquiry-refused',
  'auth-unavailable',
  'store-unavailable',
  'rate-limited',
];
const ofJson: readonly ErrorCode[] = [
  'body-missing',
  'body-too-large',
  'malformed-json',
  'unsupported-media-type',
  'unsupported-charset',
  'unsupported-encoding',
  'validation',
];
const ofForm: readonly ErrorCode[] = [
  'malformed-multipart',
  'too-many-parts',
  'unexpected-part',
  'photo-missing',
  'photo-empty',
  'photo-too-large',
  'unsupported-image',
  'image-type-mismatch',
  'image-too-many-pixels',
  'image-dimensions',
  'image-corrupt',
  'image-colour',
  'busy',
  'deadline-exceeded',
  'reading-failed',
];

function problemsOf(route: Route): ErrorCode[] {
  const all = [
    ...route.problems,
    ...ofEvery,
    ...(route.scope === undefined ? [] : ofProtected),
    ...(takesJson(route) ? ofJson : []),
    ...(route.idempotent ? (['idempotency-mismatch'] as const) : []),
    ...(route.form || route.items ? ofForm : []),
  ];
  return [...new Set(all)];
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
