import { z } from 'zod';
import { comparisonAnswerSchema } from '../../comparison/answer.js';
import { type BatchItem, createBatches } from '../../comparison/batch.js';
import { applicationSchema } from '../../records/application.js';
import type { StreamedItem } from '../multipartStream.js';
import { problemSchema } from '../problems.js';
import type { ItemsRoute } from '../route.js';
import type { Services } from '../services.js';

const itemSchema = z.strictObject({
  index: z.int().describe('Place in the request, from 0'),
  status: z.int().describe('What a request of this item alone would have been answered with'),
  comparison: comparisonAnswerSchema.optional(),
  problem: problemSchema.optional().describe('Instead of a comparison: why there is none'),
});
const batchSchema = z.strictObject({
  items: z.array(itemSchema).describe('One for each item, in their order'),
});

export function comparisonBatchRoutes({ comparisons }: Pick<Services, 'comparisons'>): [ItemsRoute] {
  const batches = createBatches(comparisons);
  return [
    {
      id: 'comparisons.batch',
      method: 'post',
      idempotent: true,
      path: '/v1/comparisons/batch',
      tag: 'Comparisons',
      scope: 'comparisons:write',
      summary: 'Compare up to 100 applicants in one request',
      description:
        'Parts come in pairs: an application, then its photo. Items are compared while later ones still arrive, after everything that is asked one by one, and each has its own answer: a bad item fails alone. A body that breaks off is refused as a whole, but what was compared by then stays recorded. Send the batch again with the same Idempotency-Key to get the same comparisons for the items recorded before and new ones for the rest; without the key everything is compared again. An item that waited too long fails with busy and can be sent again likewise.',
      items: { schema: applicationSchema, shape: { json: 'application', image: 'photo' } },
      responses: { 200: { description: 'An answer for each item', schema: batchSchema } },
      problems: ['integrity-failure', 'storage-full'],
      async handler({ caller, idempotencyKey, language, signal, items, problem }) {
        const results = await batches.run(itemsOf(items), { caller, idempotencyKey, signal });
        const answers: z.infer<typeof itemSchema>[] = [];
        for (const result of results) {
          const { index } = result;
          if ('answer' in result) {
            answers.push({ index, status: result.created ? 201 : 200, comparison: result.answer });
          } else {
            const refused = await problem(result.error);
            answers.push({ index, status: refused.status, problem: refused });
          }
        }
        return {
          status: 200,
          headers: { 'Content-Language': language, Vary: 'Accept-Language' },
          body: { items: answers },
        };
      },
    },
  ];
}

async function* itemsOf(items: AsyncIterable<StreamedItem>): AsyncGenerator<BatchItem, void, undefined> {
  for await (const { index, content, release } of items) {
    yield {
      index,
      content: 'error' in content ? content : { application: content.json, photo: content.image },
      release,
    };
  }
}
