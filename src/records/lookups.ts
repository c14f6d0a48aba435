import { z } from 'zod';
import { by, type Caller } from '../oversight/caller.js';
import type { RecordHolds } from '../retention/holds.js';
import type { Store } from '../store/store.js';
import { normaliseDocumentNumber } from './documentNumber.js';
import {
  type DocumentRead,
  type DocumentWithPhoto,
  documentView,
  documentWithPhotoSchema,
  encoded,
} from './documentView.js';
import { documentNumber, documentTypes } from './statutoryRecord.js';
import { validated } from './validation.js';

export const borderLookupSchema = z.strictObject({
  documentNumber: documentNumber.describe('Of the one document that is presented'),
  documentType: z.enum(documentTypes),
});
export const borderAnswerSchema = z.strictObject({
  found: z.boolean(),
  document: documentWithPhotoSchema.optional(),
});

export interface Lookups {
  /** The record of a document presented at the border, with its photo; one at a time. */
  atBorder(
    document: unknown,
    caller: Caller,
  ): Promise<{ readonly found: boolean; readonly document?: DocumentWithPhoto }>;
  /** @throws FacematchError `not-found`, `integrity-failure` */
  read(id: string, caller: Caller): Promise<DocumentRead>;
}

/** Reading single documents; each reading is in the trail before its answer leaves. */
export function createLookups(store: Store, holds: Pick<RecordHolds, 'on'>): Lookups {
  return {
    async atBorder(document, caller) {
      const asked = validated(borderLookupSchema, document, 'query');
      const number = normaliseDocumentNumber(asked.documentNumber);
      const [found] = await store.statuses.byNumber(store.lookup.documentNumber(number), asked.documentType);
      const answer =
        found === undefined
          ? { found: false }
          : {
              found: true,
              document: {
                ...(await documentView(store, found.id)),
                photo: encoded((await store.documents.open(found.id)).photo),
              },
            };
      await store.audit.append({
        ...by(caller),
        action: 'border.lookup',
        subject: found === undefined ? { documentNumber: number } : { record: found.id },
        outcome: found === undefined ? 'not-found' : 'done',
      });
      return answer;
    },

    async read(id, caller) {
      const view = await documentView(store, id);
      const held = (await holds.on({ kind: 'document', id })).length > 0;
      await store.audit.append({
        ...by(caller),
        action: 'document.read',
        subject: { record: id },
        outcome: 'done',
      });
      return { ...view, held };
    },
  };
}
