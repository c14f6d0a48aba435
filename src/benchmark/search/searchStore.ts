import { randomBytes } from 'node:crypto';
import { newId } from '../../ids.js';
import { retentionEnds } from '../../records/retention.js';
import type { NewDocument, Store } from '../../store/store.js';
import { seededRecord } from '../seed.js';
import type { RealFaces } from './faces.js';
import type { Multiply, Synthetic } from './synthetic.js';

/** Who a probe should find: the document most like it in float32, and how like. */
export interface Best {
  id: string;
  score: number;
}

export interface SearchStore {
  /** For each probe, over every document. */
  readonly best: readonly Best[];
  /** The last of the first so many documents, for searches of a part. */
  idAt(documents: number): string;
}

/** Documents that are stored and compared at a time. */
const together = 2000;

/**
 * Fills a store with documents of one holder each: the real faces spread evenly among synthetic ones, sealed as every
 * document is. On the way every probe is compared with every one of them in float32.
 */
export async function fillSearchStore(
  store: Store,
  { faces, synthetic, multiply }: { faces: RealFaces; synthetic: Synthetic; multiply: Multiply },
  documents: number,
  onProgress: (done: number) => void,
): Promise<SearchStore> {
  const { width } = synthetic;
  const { enrolled, probes } = faces;
  const columns = columnsOf(
    probes.map(({ embedding }) => embedding),
    width,
  );
  const best: Best[] = probes.map(() => ({ id: '', score: -1 }));
  const lastIds: string[] = [];
  const every = documents / enrolled.length;
  let placed = 0;
  for (let from = 0; from < documents; from += together) {
    const count = Math.min(together, documents - from);
    const block = await synthetic.draw(count);
    for (; placed < enrolled.length && placed * every < from + count; placed++) {
      block.set(enrolled[placed] as Float32Array, (Math.floor(placed * every) - from) * width);
    }
    const ids = Array.from({ length: count }, () => newId());
    const scores = await multiply(block, columns, width);
    for (let row = 0, at = 0; row < count; row++) {
      for (const one of best) {
        const score = scores[at++] as number;
        if (score > one.score) Object.assign(one, { id: ids[row], score });
      }
    }
    await store.documents.createMany(
      ids.map((id, row) =>
        documentOf(id, from / together, faces.model, block.slice(row * width, (row + 1) * width)),
      ),
    );
    lastIds.push(ids[count - 1] as string);
    onProgress(from + count);
  }
  return { best, idAt: (place) => lastIds[Math.ceil(place / together) - 1] ?? '' };
}

/** The embeddings side by side, as the right side of a product. */
function columnsOf(rows: readonly Float32Array[], width: number): Float32Array {
  const columns = new Float32Array(width * rows.length);
  rows.forEach((row, i) => {
    for (let k = 0; k < width; k++) columns[k * rows.length + i] = row[k] as number;
  });
  return columns;
}

/** Documents stored together end in one month, as in a store that is filled as time passes. */
function documentOf(id: string, n: number, model: string, vector: Float32Array): NewDocument {
  const record = seededRecord(2 * (n % 12));
  return {
    id,
    type: record.document.type,
    issuedOn: record.document.issuedOn,
    retentionEnds: retentionEnds(record),
    numberKey: randomBytes(32),
    registerKey: randomBytes(32),
    identityKeys: [],
    pixelsKey: randomBytes(32),
    fingerprint: randomBytes(32),
    record,
    photo: randomBytes(64),
    embedding: { model, vector },
    audit: { client: 'benchmark', actor: 'benchmark', action: 'document.transfer', outcome: 'created' },
  };
}
