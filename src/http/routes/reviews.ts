import { z } from 'zod';
import {
  reviewPageSchema,
  reviewQuerySchema,
  reviewSchema,
  verdictRequestSchema,
} from '../../inquiry/reviewView.js';
import type { JsonRoute, ReadRoute } from '../route.js';
import type { Services } from '../services.js';

const path = '/v1/reviews';
const tag = 'Reviews';
const acting = {
  method: 'post',
  tag,
  scope: 'reviews:work',
  orScope: 'reviews:settle',
  responses: { 200: { description: 'The review as it is now', schema: reviewSchema } },
} as const;

export const reviewRoutes = ({
  reviews,
}: Services): [ReadRoute, ReadRoute, JsonRoute, JsonRoute, JsonRoute] => [
  {
    id: 'reviews.list',
    method: 'get',
    path,
    tag,
    scope: 'reviews:read',
    summary: 'The queue of comparisons that people look at',
    description: 'What is not done, oldest first; what is done, newest first.',
    query: reviewQuerySchema,
    responses: { 200: { description: 'A page of it', schema: reviewPageSchema } },
    problems: ['validation', 'person-required', 'integrity-failure'],
    handler: async ({ caller, query }) => ({ status: 200, body: await reviews.list(query(), caller) }),
  },
  {
    id: 'reviews.read',
    method: 'get',
    path: `${path}/{id}`,
    tag,
    scope: 'reviews:read',
    summary: 'A review with what was done in it',
    description:
      'Until it is done nobody sees what another person answered; a supervisor does once two people disagree or one escalated.',
    responses: { 200: { description: 'As it is now', schema: reviewSchema } },
    problems: ['not-found', 'person-required', 'integrity-failure'],
    handler: async ({ caller, id }) => ({ status: 200, body: await reviews.get(id(), caller) }),
  },
  {
    ...acting,
    id: 'reviews.claim',
    path: `${path}/{id}/claim`,
    summary: 'Take a review, or keep it for longer; a supervisor takes what is disputed or escalated',
    description: 'It goes back to the queue when it is not decided in the time the operator set.',
    json: { schema: z.strictObject({}) },
    problems: ['not-found', 'person-required', 'review-claimed', 'review-closed', 'second-person-required'],
    handler: async ({ caller, id }) => ({ status: 200, body: await reviews.claim(id(), caller) }),
  },
  {
    ...acting,
    id: 'reviews.release',
    path: `${path}/{id}/release`,
    summary: 'Give a review back undecided',
    json: { schema: z.strictObject({}) },
    problems: ['not-found', 'person-required', 'review-not-yours', 'review-closed'],
    handler: async ({ caller, id }) => ({ status: 200, body: await reviews.release(id(), caller) }),
  },
  {
    ...acting,
    id: 'reviews.decide',
    path: `${path}/{id}/verdict`,
    summary: 'Say what the photos show',
    description:
      'That it is a different person takes two people who do not see each other’s answer, and so do reviews that are drawn for it. Where they disagree, or one escalates, a supervisor settles it.',
    json: { schema: verdictRequestSchema },
    problems: ['not-found', 'person-required', 'review-not-yours', 'review-closed'],
    handler: async ({ caller, id, document }) => ({
      status: 200,
      body: await reviews.decide(id(), document, caller),
    }),
  },
];
