import { holderFileSchema } from '../../records/holderFile.js';
import { holderFoundSchema, holderLookupSchema } from '../../records/rights.js';
import { holderFilePage } from '../pages/holderFile.js';
import { htmlReply } from '../pages/html.js';
import type { JsonRoute, ReadRoute } from '../route.js';
import type { Services } from '../services.js';

export const holderRoutes = ({ rights }: Services): [JsonRoute, ReadRoute] => [
  {
    id: 'holders.lookup',
    method: 'post',
    path: '/v1/holders/lookup',
    tag: 'Holders',
    scope: 'holders:read',
    summary: 'Find a holder who asks for their data',
    description:
      'By register number, or by names and birth date; both have to agree where both are given. The desk has made sure who is asking.',
    json: { schema: holderLookupSchema },
    responses: { 200: { description: 'Ids that say nothing', schema: holderFoundSchema } },
    problems: [],
    handler: async ({ caller, document }) => ({ status: 200, body: await rights.lookup(document, caller) }),
  },
  {
    id: 'holders.file',
    method: 'get',
    path: '/v1/holders/{id}/file',
    tag: 'Holders',
    scope: 'holders:read',
    summary: 'Everything recorded about a holder, and who consulted it',
    description: 'As JSON, or as a page to print in the language asked for. Embeddings are named, not given.',
    responses: { 200: { description: 'The file', schema: holderFileSchema, alsoAs: ['text/html'] } },
    problems: ['not-found', 'integrity-failure'],
    async handler({ caller, id, language, request }) {
      const file = await rights.file(id(), caller);
      if (request.accepts('json', 'html') === 'html')
        return htmlReply(language, holderFilePage(file, language));
      return { status: 200, headers: { Vary: 'Accept' }, body: file };
    },
  },
];
