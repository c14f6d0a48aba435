import { auditFilterSchema, auditPageSchema, auditQuerySchema } from '../../oversight/auditAccess.js';
import { signedHeadSchema } from '../../oversight/auditHeads.js';
import type { JsonRoute, ReadRoute } from '../route.js';
import type { Services } from '../services.js';

export const auditRoutes = ({ audit }: Services): [ReadRoute, JsonRoute, ReadRoute] => [
  {
    id: 'audit.list',
    method: 'get',
    path: '/v1/audit',
    tag: 'Oversight',
    scope: 'audit:read',
    summary: 'The audit trail, oldest first',
    query: auditFilterSchema,
    responses: { 200: { description: 'A page of entries', schema: auditPageSchema } },
    problems: ['validation'],
    handler: async ({ caller, query }) => ({ status: 200, body: await audit.list(query(), caller) }),
  },
  {
    id: 'audit.query',
    method: 'post',
    path: '/v1/audit/query',
    tag: 'Oversight',
    scope: 'audit:read',
    summary: 'The audit trail about a person, a record, an application or an inquiry',
    description: 'What names somebody stands in the body, as addresses end up in logs.',
    json: { schema: auditQuerySchema },
    responses: { 200: { description: 'A page of entries', schema: auditPageSchema } },
    problems: [],
    handler: async ({ caller, document }) => ({ status: 200, body: await audit.query(document, caller) }),
  },
  {
    id: 'audit.head',
    method: 'get',
    path: '/v1/audit/head',
    tag: 'Oversight',
    scope: 'audit:read',
    summary: 'The signed end of the trail, to be kept elsewhere',
    responses: { 200: { description: 'Signed now', schema: signedHeadSchema } },
    problems: ['storage-full'],
    handler: async ({ caller }) => ({ status: 200, body: await audit.head(caller) }),
  },
];
