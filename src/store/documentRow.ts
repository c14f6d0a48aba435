import type { Selectable } from 'kysely';
import type { Schema } from './schema.js';

/** What look-ups tell about a document without opening anything encrypted. */
export interface DocumentRow {
  readonly id: string;
  readonly holderId: string;
  readonly type: string;
  /** `YYYY-MM-DD` */
  readonly issuedOn: string;
  /** Keyed hash of the decoded pixels, 32 bytes: equal for the same photo. */
  readonly pixelsKey: Uint8Array;
  /** Whether the record gives a National Register number. */
  readonly hasRegister: boolean;
  /** `embedded`, or why the photo yields no embedding: what {@link embeddingModel} made of it. */
  readonly embeddingState: string;
  /** The model that was tried last. */
  readonly embeddingModel: string;
  /** Grows with every correction. */
  readonly revision: number;
}

export const rowColumns = [
  'documents.id',
  'documents.holder_id',
  'documents.type',
  'documents.issued_on',
  'documents.pixels_key',
  'documents.register_key',
  'documents.embedding_state',
  'documents.embedding_model',
  'documents.revision',
] as const;

type Selected = Pick<
  Selectable<Schema['documents']>,
  | 'id'
  | 'holder_id'
  | 'type'
  | 'issued_on'
  | 'pixels_key'
  | 'register_key'
  | 'embedding_state'
  | 'embedding_model'
  | 'revision'
>;

export function documentRow(row: Selected): DocumentRow {
  return {
    id: row.id,
    holderId: row.holder_id,
    type: row.type,
    issuedOn: row.issued_on,
    pixelsKey: new Uint8Array(row.pixels_key),
    hasRegister: row.register_key !== null,
    embeddingState: row.embedding_state,
    embeddingModel: row.embedding_model,
    revision: row.revision,
  };
}
