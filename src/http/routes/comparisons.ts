import { type ComparisonAnswer, comparisonAnswerSchema } from '../../comparison/answer.js';
import type { Language } from '../../oversight/caller.js';
import { applicationSchema } from '../../records/application.js';
import type { FormRoute, ReadRoute, Reply } from '../route.js';

import type { Services } from '../services.js';
import { photoOf } from './documents.js';

export const comparisonRoutes = ({ comparisons }: Services): [FormRoute, ReadRoute] => [
  {
    id: 'comparisons.create',
    method: 'post',
    idempotent: true,
    path: '/v1/comparisons',
    tag: 'Comparisons',
    scope: 'comparisons:write',
    summary: "Compare an applicant's photo with the holder's last two passports",
    description:
      'Answers consistent, review or not-comparable, with reasons and what to do. A photo without one usable face is an outcome, not an error. Scores are shown only to callers with the scope comparisons:evidence.',
    form: {
      schema: applicationSchema,
      shape: { json: 'application', images: [{ name: 'photo', required: true }] },
    },
    responses: {
      201: {
        description: 'Compared and recorded',
        schema: comparisonAnswerSchema,
        headers: { Location: 'Address of the comparison' },
      },
      200: {
        description: 'The same request with the same Idempotency-Key was answered before',
        schema: comparisonAnswerSchema,
      },
    },
    problems: ['suspended', 'integrity-failure', 'storage-full'],
    async handler({ caller, idempotencyKey, language, signal, form }) {
      const { answer, created } = await comparisons.create({
        application: form.json,
        photo: photoOf(form),
        caller,
        idempotencyKey,
        signal,
      });
      return created
        ? reply(201, answer, language, { Location: `/v1/comparisons/${answer.comparisonId}` })
        : reply(200, answer, language);
    },
  },
  {
    id: 'comparisons.read',
    method: 'get',
    path: '/v1/comparisons/{id}',
    tag: 'Comparisons',
    scope: 'comparisons:read',
    summary: 'Read a recorded comparison',
    responses: { 200: { description: 'The comparison', schema: comparisonAnswerSchema } },
    problems: ['not-found', 'integrity-failure'],
    async handler({ caller, id, language }) {
      return reply(200, await comparisons.get(id(), caller), language);
    },
  },
];

const reply = (
  status: number,
  answer: ComparisonAnswer,
  language: Language,
  headers: Record<string, string> = {},
): Reply => ({
  status,
  headers: { ...headers, 'Content-Language': language, Vary: 'Accept-Language' },
  body: answer,
});
