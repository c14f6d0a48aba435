import { z } from 'zod';
import { by, type Caller } from '../oversight/caller.js';
import type { Guessing } from '../oversight/guessing.js';
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
import { inEvenTime } from './evenTime.js';
import { type DocumentType, documentNumber, documentTypes } from './statutoryRecord.js';
import { validated } from './validation.js';

export const borderLookupSchema = z.strictObject({
  documentNumber: documentNumber.describe('Of the one document that is presented'),
  documentType: z.enum(documentTypes),
});
export const borderAnswerSchema = z.strictObject({
  found: z.boolean(),
  document: documentWithPhotoSchema.optional(),
});

export interface BorderAnswer {
  readonly found: boolean;
  readonly document?: DocumentWithPhoto;
}

/** More than reading a record and its photo takes; milliseconds. */
const lookUpMs = 20;

export interface Lookups {
  /**
   * The record of a document presented at the border, with its photo; one at a time. Who tries out numbers is slowed
   * down, and a number that is not there takes as long as one that is.
   *
   * @throws FacematchError `validation`, `rate-limited`, `integrity-failure`
   */
  atBorder(document: unknown, caller: Caller): Promise<BorderAnswer>;
  /** @throws FacematchError `not-found`, `integrity-failure` */
  read(id: string, caller: Caller): Promise<DocumentRead>;
}

/** Reading single documents; each reading is in the trail before its answer leaves. */
export function createLookups(
  store: Store,
  holds: Pick<RecordHolds, 'on'>,
  guessing: Pick<Guessing, 'watch'>,
): Lookups {
  const ofNumber = async (number: string, type: DocumentType): Promise<DocumentWithPhoto | undefined> => {
    const [found] = await store.statuses.byNumber(store.lookup.documentNumber(number), type);
    if (found === undefined) return undefined;
    const view = await documentView(store, found.id);
    return { ...view, photo: encoded((await store.documents.open(found.id)).photo) };
  };

  const lookUp = async (
    { documentNumber, documentType }: z.output<typeof borderLookupSchema>,
    caller: Caller,
  ): Promise<BorderAnswer> => {
    const number = normaliseDocumentNumber(documentNumber);
    const document = await inEvenTime(lookUpMs, () => ofNumber(number, documentType));
    const found = document !== undefined;
    await store.audit.append({
      ...by(caller),
      action: 'border.lookup',
      subject: found ? { record: document.documentId } : { documentNumber: number },
      outcome: found ? 'done' : 'not-found',
    });
    return { found, ...(found && { document }) };
  };

  return {
    async atBorder(document, caller) {
      const asked = validated(borderLookupSchema, document, 'query');
      return guessing.watch(
        caller,
        () => lookUp(asked, caller),
        ({ found }) => !found,
      );
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
