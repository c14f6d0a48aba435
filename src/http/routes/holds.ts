import { z } from 'zod';
import { holdPlacementSchema, holdViewSchema } from '../../retention/holds.js';
import type { JsonRoute, ReadRoute } from '../route.js';
import type { Services } from '../services.js';

const placedSchema = z.strictObject({ holdId: z.string() });

export const holdRoutes = ({ holds }: Services): [JsonRoute, ReadRoute, JsonRoute] => [
  {
    id: 'holds.place',
    method: 'post',
    path: '/v1/holds',
    tag: 'Oversight',
    scope: 'holds:write',
    summary: 'Keep a record past its end, for an open inquiry or by order of a judge',
    description:
      'The document or comparison, and with a comparison its photo, is not destroyed before every hold on it ended or was released. Reference and reason are kept encrypted, and go some years after the hold ended.',
    json: { schema: holdPlacementSchema },
    responses: { 201: { description: 'It holds from now on', schema: placedSchema } },
    problems: ['not-found'],
    handler: async ({ caller, document }) => ({ status: 201, body: await holds.placeOn(document, caller) }),
  },
  {
    id: 'holds.list',
    method: 'get',
    path: '/v1/holds',
    tag: 'Oversight',
    scope: 'holds:read',
    summary: 'The holds that keep records now',
    responses: {
      200: { description: 'Oldest first', schema: z.strictObject({ holds: z.array(holdViewSchema) }) },
    },
    problems: ['integrity-failure'],
    handler: async ({ caller }) => ({ status: 200, body: { holds: await holds.list(caller) } }),
  },
  {
    id: 'holds.release',
    method: 'post',
    path: '/v1/holds/{id}/release',
    tag: 'Oversight',
    scope: 'holds:write',
    summary: 'End a hold early: what is due by then goes with the next run',
    json: { schema: z.strictObject({}) },
    responses: { 200: { description: 'It holds nothing any more', schema: placedSchema } },
    problems: ['not-found'],
    async handler({ caller, id }) {
      const holdId = id();
      await holds.release(holdId, caller);
      return { status: 200, body: { holdId } };
    },
  },
];
