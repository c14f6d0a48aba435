import { getPriority, setPriority } from 'node:os';
import { isFacematchError } from '../../errors.js';
import { openEmbedding } from '../../store/sealedEmbedding.js';
import { Int8Rows } from './int8Rows.js';
import type {
  BlockMessage,
  FromChild,
  NearestMessage,
  SweepMessage,
  SweepPlace,
  ToChild,
} from './messages.js';
import { nearestRows } from './nearest.js';
import { type SweepStart, sweep } from './sweep.js';
import type { TopPairs } from './topPairs.js';

/** 0 is that of the service, 19 the lowest. */
const niceness = 10;

// The program of a search's own process. It gets embeddings with the keys that open them and nothing else, writes
// nothing, and ends with the channel to its parent.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

// Comparisons of applications come first. Where it runs at a lower priority already, it may not raise it.
if (getPriority() < niceness) setPriority(niceness);

let rows: Int8Rows | undefined;

process.on('message', (message: ToChild) => {
  answer(message).catch((error: unknown) => {
    const known = isFacematchError(error);
    send({ type: 'failed', code: known ? error.code : 'internal', facts: known ? error.facts : {} });
  });
});

async function answer(message: ToChild): Promise<void> {
  switch (message.type) {
    case 'block':
      return take(message);
    case 'nearest':
      return nearest(message);
    case 'sweep':
      return pairs(message);
  }
}

function take({ model, embeddings }: BlockMessage): void {
  for (const embedding of embeddings) {
    const bytes = openEmbedding(embedding, model);
    const vector = floatsOf(bytes);
    rows ??= new Int8Rows(vector.length);
    rows.add(embedding.id, embedding.holderId, vector);
    bytes.fill(0);
    embedding.key.fill(0);
  }
  send({ type: 'taken', held: rows?.count ?? 0 });
}

function nearest({ probe, most }: NearestMessage): void {
  const started = performance.now();
  const found = rows === undefined ? [] : nearestRows(rows, probe, most);
  const ms = performance.now() - started;
  send({ type: 'nearest', found: found.map(({ row, near }) => ({ id: idOf(row), near })), ms });
}

async function pairs({ floor, most, from: place, checkpointMs }: SweepMessage): Promise<void> {
  if (rows === undefined) return send({ type: 'pairs', found: [], compared: place?.compared ?? 0 });
  const swept = rows;
  const from = place && startAt(swept, place);
  let kept = performance.now();
  const { top, compared } = await sweep(swept, { floor, most, from }, (strip) => {
    send({ type: 'progress', compared: strip.compared });
    if (checkpointMs === undefined || strip.column === swept.count) return;
    if (performance.now() - kept < checkpointMs) return;
    kept = performance.now();
    const upTo = idOf(strip.column - 1);
    send({ type: 'checkpoint', upTo, compared: strip.compared, pairs: pairsOf(strip.top) });
  });
  send({ type: 'pairs', found: pairsOf(top), compared });
}

/** Rows where the documents are now: what was destroyed since has none. */
function startAt(swept: Int8Rows, { upTo, compared, pairs: kept }: SweepPlace): SweepStart {
  const pairs = kept.flatMap(({ a: first, b: second, near }) => {
    const [a, b] = [swept.rowOf(first), swept.rowOf(second)];
    return a === undefined || b === undefined ? [] : [{ a, b, near }];
  });
  return { column: swept.rowsUpTo(upTo), compared, pairs };
}

const pairsOf = (top: TopPairs) => top.highest().map(({ a, b, near }) => ({ a: idOf(a), b: idOf(b), near }));

const idOf = (row: number): string => (rows as Int8Rows).id(row);

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Stored little-endian; a view where the machine is too. */
function floatsOf(bytes: Uint8Array): Float32Array {
  if (littleEndian && bytes.byteOffset % 4 === 0) {
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

function send(message: FromChild): void {
  process.send?.(message);
}
