import { z } from 'zod';
import { FacematchError } from '../../errors.js';
import type { UntrustedImage } from '../../face/types.js';
import { statutoryRecordSchema } from '../../records/statutoryRecord.js';
import type { Form } from '../multipart.js';
import type { FormRoute } from '../route.js';

import type { Services } from '../services.js';

const transferSchema = z.strictObject({
  documentId: z.string(),
  embedding: z
    .enum(['embedded', 'no-face', 'multiple-faces', 'face-too-small'])
    .describe('Whether the photo can be compared by machine; it is stored in any case'),
});

export const documentRoutes = ({ intake }: Services): FormRoute[] => [
  {
    id: 'documents.transfer',
    method: 'post',
    path: '/v1/documents',
    tag: 'Documents',
    scope: 'documents:write',
    summary: 'Transfer a document into the fraud store',
    description:
      'Takes the statutory record of an issued document with its photo. The same transfer twice changes nothing; one with the same type and number and another content is refused.',
    form: {
      schema: statutoryRecordSchema,
      shape: {
        json: 'record',
        images: [
          { name: 'photo', required: true },
          { name: 'signature', required: false },
        ],
      },
    },
    responses: {
      201: {
        description: 'Stored',
        schema: transferSchema,
        headers: { Location: 'Address of the document' },
      },
      200: {
        description: 'The same transfer was stored before; nothing was changed',
        schema: transferSchema,
      },
    },
    problems: ['forbidden-field', 'transfer-conflict', 'retention-over', 'storage-full'],
    async handler({ caller, idempotencyKey, signal, form }) {
      const { documentId, created, embedding } = await intake.transfer({
        record: form.json,
        photo: photoOf(form),
        signature: form.images['signature'],
        caller,
        idempotencyKey,
        signal,
      });
      return {
        status: created ? 201 : 200,
        headers: created ? { Location: `/v1/documents/${documentId}` } : {},
        body: { documentId, embedding },
      };
    },
  },
];

export function photoOf(form: Form): UntrustedImage {
  const photo = form.images['photo'];
  if (!photo) throw new FacematchError('photo-missing', 'The form lacks its photo.');
  return photo;
}
