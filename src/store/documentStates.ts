import { FacematchError } from '../errors.js';
import type { RecordReader } from './recordReader.js';

/** What the store notes about a document beside its record. */
export interface DocumentState {
  readonly id: string;
  readonly holderId: string;
  readonly source: string;
  readonly status: string;
  readonly revision: number;
  readonly receivedAt: string;
  /** `YYYY-MM-DD` */
  readonly retentionEnds: string;
  readonly pixelsKey: Uint8Array;
  readonly embeddingModel: string;
  readonly embeddingState: string;
}

/** @throws FacematchError `not-found` */
export async function documentState(database: RecordReader, id: string): Promise<DocumentState> {
  const row = await database.read((db) =>
    db
      .selectFrom('documents')
      .select([
        'id',
        'holder_id',
        'source',
        'status',
        'revision',
        'received_at',
        'retention_ends',
        'pixels_key',
        'embedding_model',
        'embedding_state',
      ])
      .where('id', '=', id)
      .executeTakeFirst(),
  );
  if (row === undefined) throw new FacematchError('not-found', 'The store has no such document.', { id });
  return {
    id: row.id,
    holderId: row.holder_id,
    source: row.source,
    status: row.status,
    revision: row.revision,
    receivedAt: row.received_at,
    retentionEnds: row.retention_ends,
    pixelsKey: new Uint8Array(row.pixels_key),
    embeddingModel: row.embedding_model,
    embeddingState: row.embedding_state,
  };
}
