import type { z } from 'zod';
import {
  closureSchema,
  extensionSchema,
  inquiryPageSchema,
  inquiryQuerySchema,
  inquirySchema,
  membersChangeSchema,
  newInquirySchema,
  recordAdditionSchema,
} from '../../inquiry/inquiryView.js';
import type { Caller } from '../../oversight/caller.js';
import type { JsonRoute, ReadRoute } from '../route.js';
import type { Services } from '../services.js';

const path = '/v1/inquiries';
const tag = 'Inquiries';

export const inquiryRoutes = ({ inquiries }: Services): [JsonRoute, ReadRoute, ReadRoute, ...JsonRoute[]] => [
  {
    id: 'inquiries.open',
    method: 'post',
    path,
    tag,
    scope: 'inquiries:write',
    ownInquiry: true,
    summary: 'Open an inquiry into fraud, with its legal ground, members and end',
    json: { schema: newInquirySchema },
    responses: { 201: { description: 'Open from now on', schema: inquirySchema } },
    problems: ['person-required'],
    async handler({ caller, document }) {
      const made = await inquiries.open(document, caller);
      return { status: 201, headers: { Location: `${path}/${made.inquiryId}` }, body: made };
    },
  },
  {
    id: 'inquiries.list',
    method: 'get',
    path,
    tag,
    scope: 'inquiries:read',
    ownInquiry: true,
    summary: 'The inquiries one is a member of, newest first; every one for who oversees them',
    query: inquiryQuerySchema,
    responses: { 200: { description: 'A page of them', schema: inquiryPageSchema } },
    problems: ['validation', 'person-required', 'integrity-failure'],
    handler: async ({ caller, query }) => ({ status: 200, body: await inquiries.list(query(), caller) }),
  },
  {
    id: 'inquiries.read',
    method: 'get',
    path: `${path}/{id}`,
    tag,
    scope: 'inquiries:read',
    ownInquiry: true,
    summary: 'An inquiry with its records and its history',
    responses: { 200: { description: 'As it is now', schema: inquirySchema } },
    problems: ['not-found', 'person-required', 'integrity-failure'],
    handler: async ({ caller, id }) => ({ status: 200, body: await inquiries.get(id(), caller) }),
  },
  changing('members', membersChangeSchema, 'Add members or remove them', (...given) =>
    inquiries.changeMembers(...given),
  ),
  changing(
    'records',
    recordAdditionSchema,
    'Take a record in: it is kept while the inquiry is open',
    (...given) => inquiries.addRecord(...given),
  ),
  changing('extension', extensionSchema, 'Move its end, and that of the holds on its records', (...given) =>
    inquiries.extend(...given),
  ),
  changing('closure', closureSchema, 'Close it with what it came to; its records are released', (...given) =>
    inquiries.close(...given),
  ),
];

function changing(
  what: 'members' | 'records' | 'extension' | 'closure',
  schema: z.ZodType,
  summary: string,
  work: (id: string, document: unknown, caller: Caller) => Promise<object>,
): JsonRoute {
  return {
    id: `inquiries.${what}`,
    method: 'post',
    path: `${path}/{id}/${what}`,
    tag,
    scope: 'inquiries:write',
    ownInquiry: true,
    summary,
    json: { schema },
    responses: { 200: { description: 'As it is now', schema: inquirySchema } },
    problems: [
      ...(['not-found', 'person-required', 'inquiry-closed', 'integrity-failure'] as const),
      ...(what === 'extension' ? (['busy'] as const) : []),
    ],
    handler: async ({ caller, id, document }) => ({ status: 200, body: await work(id(), document, caller) }),
  };
}
