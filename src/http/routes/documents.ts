import { z } from 'zod';
import { FacematchError } from '../../errors.js';
import type { UntrustedImage } from '../../face/types.js';
import { documentReadSchema } from '../../records/documentView.js';
import { rectificationSchema, rectifiedSchema } from '../../records/rectification.js';
import { transferSchema } from '../../records/statutoryRecord.js';
import type { Form } from '../multipart.js';
import type { FormRoute, ReadRoute } from '../route.js';
import type { Services } from '../services.js';

const transferredSchema = z.strictObject({
  documentId: z.string(),
  embedding: z
    .enum(['embedded', 'no-face', 'multiple-faces', 'face-too-small'])
    .describe('Whether the photo can be compared by machine; it is stored in any case'),
});

export const documentRoutes = ({ intake, lookups, rectify }: Services): [FormRoute, ReadRoute, FormRoute] => [
  {
    id: 'documents.transfer',
    method: 'post',
    idempotent: true,
    path: '/v1/documents',
    tag: 'Documents',
    scope: 'documents:write',
    summary: 'Transfer a document into the fraud store',
    description:
      'Takes the statutory record of an issued document with its photo. The same transfer twice changes nothing; one with the same type and number and another content is refused. From another processing that agrees on holder and document, what it adds is added.',
    form: {
      schema: transferSchema,
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
        schema: transferredSchema,
        headers: { Location: 'Address of the document' },
      },
      200: {
        description: 'The same transfer was stored before; nothing was changed',
        schema: transferredSchema,
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
  {
    id: 'documents.read',
    method: 'get',
    path: '/v1/documents/{id}',
    tag: 'Documents',
    scope: 'documents:read',
    summary: 'The record of a document, without its images',
    responses: { 200: { description: 'The record as it is now', schema: documentReadSchema } },
    problems: ['not-found', 'integrity-failure'],
    handler: async ({ caller, id }) => ({ status: 200, body: await lookups.read(id(), caller) }),
  },
  {
    id: 'documents.rectify',
    method: 'patch',
    path: '/v1/documents/{id}',
    tag: 'Documents',
    scope: 'documents:rectify',
    summary: 'Correct what a record holds',
    description:
      'Keeps what it was, and why it was corrected. A new photo is embedded again. Comparisons that used the document are computed again where the photo of the applicant is still kept, and marked in any case.',
    form: {
      schema: rectificationSchema,
      shape: {
        json: 'rectification',
        images: [
          { name: 'photo', required: false },
          { name: 'signature', required: false },
        ],
      },
    },
    responses: { 200: { description: 'Corrected', schema: rectifiedSchema } },
    problems: [
      'not-found',
      'forbidden-field',
      'revision-conflict',
      'transfer-conflict',
      'retention-over',
      'integrity-failure',
      'storage-full',
    ],
    async handler({ caller, id, form, signal }) {
      const body = await rectify({
        documentId: id(),
        rectification: form.json,
        photo: form.images['photo'],
        signature: form.images['signature'],
        caller,
        signal,
      });
      return { status: 200, body };
    },
  },
];

export function photoOf(form: Form): UntrustedImage {
  const photo = form.images['photo'];
  if (!photo) throw new FacematchError('photo-missing', 'The form lacks its photo.');
  return photo;
}
