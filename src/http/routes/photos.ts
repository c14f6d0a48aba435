import type { ShownImage } from '../../face/types.js';
import { geometrySchema } from '../../inquiry/photos.js';
import type { ReadRoute, Reply } from '../route.js';
import type { Services } from '../services.js';

const picture = { 200: { description: 'With who looks and when on it', contentType: 'image/jpeg' } };
const problems = [
  'not-found',
  'person-required',
  'integrity-failure',
  'busy',
  'deadline-exceeded',
  'reading-failed',
] as const;

export const photoRoutes = ({ photos }: Services): [ReadRoute, ReadRoute, ReadRoute] => [
  {
    id: 'comparisons.photo',
    method: 'get',
    path: '/v1/comparisons/{id}/photos/{name}',
    tag: 'Comparisons',
    scope: 'comparisons:evidence',
    summary: 'A photo of a comparison: probe, newest or older',
    description: 'Upright, as JPEG without metadata. Not to be kept: it says on itself who fetched it.',
    responses: picture,
    problems,
    handler: async ({ caller, id, parameter, signal }) =>
      reply(await photos.ofComparison(id(), parameter('name'), caller, signal)),
  },
  {
    id: 'comparisons.geometry',
    method: 'get',
    path: '/v1/comparisons/{id}/geometry',
    tag: 'Comparisons',
    scope: 'comparisons:evidence',
    summary: 'Where the eyes and landmarks are on the photos of a comparison, and how good each photo is',
    responses: { 200: { description: 'Places in pixels of the pictures as served', schema: geometrySchema } },
    problems,
    handler: async ({ caller, id, signal }) => ({
      status: 200,
      body: await photos.geometry(id(), caller, signal),
    }),
  },
  {
    id: 'documents.photo',
    method: 'get',
    path: '/v1/documents/{id}/photo',
    tag: 'Documents',
    scope: 'documents:read',
    summary: 'The photo of a document',
    responses: picture,
    problems,
    handler: async ({ caller, id, signal }) => reply(await photos.ofDocument(id(), caller, signal)),
  },
];

const reply = ({ jpeg }: ShownImage): Reply => ({
  status: 200,
  headers: { 'Content-Type': 'image/jpeg' },
  body: Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength),
});
