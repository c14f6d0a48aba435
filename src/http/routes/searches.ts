import { FacematchError } from '../../errors.js';
import {
  approvalSchema,
  newSearchSchema,
  newSweepSchema,
  searchSchema,
  searchSummarySchema,
  verificationSchema,
} from '../../inquiry/search/searchView.js';
import type { FormRoute, JsonRoute, ReadRoute } from '../route.js';
import type { Services } from '../services.js';

const tag = 'Searches';
const asked = { description: 'Asked for; another person decides', schema: searchSummarySchema };
const refusedWhere = ['search-disabled', 'suspended', 'inquiry-refused', 'person-required'] as const;

export const searchRoutes = ({
  searches,
}: Services): [FormRoute, JsonRoute, JsonRoute, ReadRoute, JsonRoute, ReadRoute] => [
  {
    id: 'searches.request',
    method: 'post',
    path: '/v1/inquiries/{id}/searches',
    tag,
    scope: 'searches:request',
    ownInquiry: true,
    summary: 'Ask for a search of one face in the store',
    description:
      'Of a record of the inquiry, as JSON; or of a photo handed in, as a form. Nothing is searched before another person approved.',
    form: {
      schema: newSearchSchema,
      shape: { json: 'search', images: [{ name: 'photo', required: false }] },
      orJson: true,
    },
    responses: { 201: asked },
    problems: [...refusedWhere, 'not-found', 'probe-unusable', 'integrity-failure'],
    async handler({ caller, id, form, signal }) {
      const made = await searches.request({
        inquiryId: id(),
        document: form.json,
        photo: form.images['photo'],
        caller,
        signal,
      });
      return { status: 201, headers: { Location: `/v1/searches/${made.searchId}` }, body: made };
    },
  },
  {
    id: 'searches.sweep',
    method: 'post',
    path: '/v1/inquiries/{id}/sweeps',
    tag,
    scope: 'searches:request',
    ownInquiry: true,
    summary: 'Ask for a sweep: every face of the store against every other, to find one under two identities',
    json: { schema: newSweepSchema },
    responses: { 201: asked },
    problems: [...refusedWhere, 'not-found', 'integrity-failure'],
    async handler({ caller, id, document }) {
      const made = await searches.requestSweep(id(), document, caller);
      return { status: 201, headers: { Location: `/v1/searches/${made.searchId}` }, body: made };
    },
  },
  {
    id: 'searches.decide',
    method: 'post',
    path: '/v1/searches/{id}/approval',
    tag,
    scope: 'searches:approve',
    ownInquiry: true,
    summary: 'Approve or refuse a search that another person asked for; approved, it runs',
    description:
      'One after another among all replicas of the service. Whichever one is stopped, the next one goes on; where the inquiry is over or searches are suspended when its turn comes, it fails instead.',
    json: { schema: approvalSchema },
    responses: { 200: { description: 'Decided', schema: searchSummarySchema } },
    problems: [
      'not-found',
      'search-disabled',
      'suspended',
      'person-required',
      'second-person-required',
      'inquiry-closed',
      'search-closed',
      'integrity-failure',
    ],
    handler: async ({ caller, id, document }) => ({
      status: 200,
      body: await searches.decide(id(), document, caller),
    }),
  },
  {
    id: 'searches.read',
    method: 'get',
    path: '/v1/searches/{id}',
    tag,
    scope: 'searches:read',
    ownInquiry: true,
    summary: 'A search, and what it found',
    description: 'For members of its inquiry, and for who oversees them.',
    responses: { 200: { description: 'As it is now', schema: searchSchema } },
    problems: ['not-found', 'person-required', 'integrity-failure'],
    handler: async ({ caller, id }) => ({ status: 200, body: await searches.get(id(), caller) }),
  },
  {
    id: 'searches.verify',
    method: 'post',
    path: '/v1/searches/{id}/candidates/{rank}/verification',
    tag,
    scope: 'searches:read',
    ownInquiry: true,
    summary: 'Say what one sees in a candidate or pair; two people do, each for themselves',
    json: { schema: verificationSchema },
    responses: { 200: { description: 'The search as it is now', schema: searchSchema } },
    problems: ['not-found', 'person-required', 'inquiry-closed', 'verification-closed', 'integrity-failure'],
    handler: async ({ caller, id, document, parameter }) => ({
      status: 200,
      body: await searches.verify(id(), rankOf(parameter('rank')), document, caller),
    }),
  },
  {
    id: 'searches.photo',
    method: 'get',
    path: '/v1/searches/{id}/photo',
    tag,
    scope: 'searches:read',
    ownInquiry: true,
    summary: 'The photo that was handed in to search for',
    responses: { 200: { description: 'With who looks and when on it', contentType: 'image/jpeg' } },
    problems: [
      'not-found',
      'person-required',
      'integrity-failure',
      'busy',
      'deadline-exceeded',
      'reading-failed',
    ],
    async handler({ caller, id, signal }) {
      const { jpeg } = await searches.photo(id(), caller, signal);
      const body = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
      return { status: 200, headers: { 'Content-Type': 'image/jpeg' }, body };
    },
  },
];

function rankOf(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new FacematchError('not-found', 'The rank is no number.');
}
