import { z } from 'zod';
import { borderAnswerSchema, borderLookupSchema } from '../../records/lookups.js';
import {
  checkdocAnswerSchema,
  checkdocLookupSchema,
  statusChangeSchema,
  statusFeedSchema,
} from '../../records/status.js';
import { validated } from '../../records/validation.js';
import type { JsonRoute, ReadRoute } from '../route.js';
import type { Services } from '../services.js';

const feedQuery = z.strictObject({
  after: z.string().optional().describe('Cursor of the answer before; everything without it'),
  limit: z.coerce.number().int().min(1).max(1000).optional().describe('100 unless given'),
});

export const statusRoutes = ({
  statuses,
  lookups,
}: Services): [JsonRoute, JsonRoute, ReadRoute, JsonRoute] => [
  {
    id: 'documents.status',
    method: 'post',
    path: '/v1/status-changes',
    tag: 'Documents',
    scope: 'documents:status',
    summary:
      'Report that a document was lost, stolen, withdrawn or destroyed, or what became of it otherwise',
    description: 'The same report again changes nothing.',
    json: { schema: statusChangeSchema },
    responses: {
      200: {
        description: 'Recorded, or known before',
        schema: z.strictObject({ documentId: z.string(), changed: z.boolean() }),
      },
    },
    problems: ['not-found', 'storage-full'],
    handler: async ({ caller, document }) => ({
      status: 200,
      body: await statuses.report(document, caller),
    }),
  },
  {
    id: 'checkdoc.lookup',
    method: 'post',
    path: '/v1/checkdoc/lookup',
    tag: 'Checkdoc',
    scope: 'checkdoc:read',
    summary: 'Whether a document number is lost, stolen, withdrawn or invalid',
    description: 'Hit or no hit and nothing else.',
    json: { schema: checkdocLookupSchema },
    responses: { 200: { description: 'The answer', schema: checkdocAnswerSchema } },
    problems: [],
    handler: async ({ caller, document }) => ({
      status: 200,
      body: await statuses.lookup(document, caller),
    }),
  },
  {
    id: 'checkdoc.changes',
    method: 'get',
    path: '/v1/checkdoc/changes',
    tag: 'Checkdoc',
    scope: 'checkdoc:read',
    summary: 'Document numbers whose status changed, in the order of their reports',
    query: feedQuery,
    responses: { 200: { description: 'What comes after the cursor', schema: statusFeedSchema } },
    problems: ['validation', 'integrity-failure'],
    async handler({ caller, query }) {
      const { after, limit = 100 } = validated(feedQuery, query(), 'query');
      return { status: 200, body: await statuses.changes(after, limit, caller) };
    },
  },
  {
    id: 'border.lookup',
    method: 'post',
    path: '/v1/border/lookup',
    tag: 'Border',
    scope: 'border:lookup',
    summary: 'The record and photo of the one document presented',
    json: { schema: borderLookupSchema },
    responses: { 200: { description: 'What is held on it', schema: borderAnswerSchema } },
    problems: ['integrity-failure'],
    handler: async ({ caller, document }) => ({
      status: 200,
      body: await lookups.atBorder(document, caller),
    }),
  },
];
