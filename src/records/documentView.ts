import { z } from 'zod';
import type { Store } from '../store/store.js';
import { statutoryRecordSchema, storedRecord } from './statutoryRecord.js';

const imageSchema = z.strictObject({
  mediaType: z.enum(['image/jpeg', 'image/png', 'image/webp']),
  base64: z.string(),
});
export type EncodedImage = z.output<typeof imageSchema>;

export const documentViewSchema = z.strictObject({
  documentId: z.string(),
  record: statutoryRecordSchema.describe('As it is now, corrections included'),
  source: z.string().describe('The processing it was transferred from'),
  receivedAt: z.iso.datetime(),
  retentionEnds: z.iso.date().describe('On this day it is destroyed, unless a hold keeps it'),
  status: z.string().describe('valid, or what was reported last'),
  statuses: z.array(
    z.strictObject({
      status: z.string(),
      on: z.iso.date(),
      recordedAt: z.iso.datetime(),
      chipStatus: z.string().optional(),
      reason: z.string().optional(),
    }),
  ),
  revision: z.int().describe('Counts corrections, from 1'),
});
export type DocumentView = z.output<typeof documentViewSchema>;

/** As those read it who fight fraud. Neither the border nor the holder's file tells of a hold, which may be an inquiry's. */
export const documentReadSchema = documentViewSchema.extend({
  held: z.boolean().describe('Whether a hold keeps it, also past the day on which it is due'),
});
export type DocumentRead = z.output<typeof documentReadSchema>;

export const documentWithPhotoSchema = documentViewSchema.extend({ photo: imageSchema });
export type DocumentWithPhoto = z.output<typeof documentWithPhotoSchema>;
export const imageViewSchema = imageSchema;

/** A document as those who may see it read it. */
export async function documentView(store: Store, id: string): Promise<DocumentView> {
  const [state, record, reported] = await Promise.all([
    store.documents.state(id),
    store.documents.record(id),
    store.statuses.ofDocument(id),
  ]);
  return {
    documentId: id,
    record: storedRecord(record),
    source: state.source,
    receivedAt: state.receivedAt,
    retentionEnds: state.retentionEnds,
    status: state.status === 'reinstated' ? 'valid' : state.status,
    statuses: reported.map(({ kind, onDay, recordedAt, detail }) => ({
      status: kind,
      on: onDay,
      recordedAt,
      ...(detail as { chipStatus?: string; reason?: string } | undefined),
    })),
    revision: state.revision,
  };
}

export function encoded(bytes: Uint8Array): EncodedImage {
  return { mediaType: mediaTypeOf(bytes), base64: Buffer.from(bytes).toString('base64') };
}

/** Kept images passed the decoder, which takes these three formats only. */
function mediaTypeOf(bytes: Uint8Array): EncodedImage['mediaType'] {
  if (bytes[0] === 0xff) return 'image/jpeg';
  return bytes[0] === 0x89 ? 'image/png' : 'image/webp';
}
