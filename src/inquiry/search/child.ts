import { getPriority, setPriority } from 'node:os';
import { isFacematchError } from '../../errors.js';
import { openEmbedding } from '../../store/sealedEmbedding.js';
import { Int8Rows } from './int8Rows.js';
import type { BlockMessage, FromChild, NearestMessage, SweepMessage, ToChild } from './messages.js';
import { nearestRows } from './nearest.js';
import { sweep } from './sweep.js';

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

async function pairs({ floor, most }: SweepMessage): Promise<void> {
  if (rows === undefined) return send({ type: 'pairs', found: [], reached: 0, compared: 0 });
  const { top, compared } = await sweep(rows, { floor, most }, (done) =>
    send({ type: 'progress', compared: done }),
  );
  const found = top.highest().map(({ a, b, near }) => ({ a: idOf(a), b: idOf(b), near }));
  send({ type: 'pairs', found, reached: top.reached, compared });
}

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
