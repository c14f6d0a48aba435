import { oddExif } from './exif.js';
import { type Ground, type Mutation, spliced } from './mutation.js';

interface Chunk {
  readonly type: string;
  readonly at: number;
  /** Behind its padding. */
  readonly end: number;
  readonly data: Buffer;
}

/** As far as the bytes are a RIFF file (RFC 9649 section 2.3). */
function chunksOf(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    const end = at + 8 + length + (length & 1);
    if (end > bytes.length) break;
    chunks.push({
      type: bytes.toString('latin1', at, at + 4),
      at,
      end,
      data: bytes.subarray(at + 8, at + 8 + length),
    });
    at = end;
  }
  return chunks;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(8 + data.length + (data.length & 1));
  bytes.write(type, 0, 'latin1');
  bytes.writeUInt32LE(data.length, 4);
  bytes.set(data, 8);
  return bytes;
}

/** The same with the file's size put right, as it is in most of what a mutation leaves. */
function sized(bytes: Buffer): Buffer {
  if (bytes.length >= 8) bytes.writeUInt32LE(bytes.length - 8, 4);
  return bytes;
}

const ofChunk =
  (
    fits: (chunk: Chunk) => boolean,
    change: (bytes: Buffer, chunk: Chunk, ground: Ground) => Buffer,
  ): Mutation =>
  (bytes, ground) => {
    const fitting = chunksOf(bytes).filter(fits);
    return fitting.length === 0 ? bytes : change(bytes, ground.random.pick(fitting), ground);
  };

const any = (): boolean => true;
const typed =
  (...types: string[]) =>
  ({ type }: Chunk): boolean =>
    types.includes(type);

const changedData = (types: string[], change: (data: Buffer, ground: Ground) => void): Mutation =>
  ofChunk(typed(...types), (bytes, { at, data }, ground) => {
    const changed = Buffer.from(bytes);
    change(changed.subarray(at + 8, at + 8 + data.length), ground);
    return changed;
  });

/** An extended header in front, where there is none: metadata counts only below one. */
function extended(bytes: Buffer, flags: number, { random }: Ground): Buffer {
  const [first] = chunksOf(bytes);
  if (first === undefined || first.type === 'VP8X') return bytes;
  const header = Buffer.alloc(10);
  header[0] = flags;
  const isLossy = first.type === 'VP8 ' && first.data.length >= 10;
  const width = isLossy ? first.data.readUInt16LE(6) & 0x3fff : random.below(300);
  const height = isLossy ? first.data.readUInt16LE(8) & 0x3fff : random.below(300);
  header.writeUIntLE(Math.max(0, width - 1), 4, 3);
  header.writeUIntLE(Math.max(0, height - 1), 7, 3);
  return sized(spliced(bytes, 12, 0, chunk('VP8X', header)));
}

const added =
  (flags: number, make: (ground: Ground) => Buffer): Mutation =>
  (bytes, ground) => {
    const whole = extended(bytes, flags, ground);
    const behind = ground.random.pick([undefined, ...chunksOf(whole)]);
    return sized(spliced(whole, behind?.end ?? whole.length, 0, make(ground)));
  };

export const webp: Readonly<Record<string, Mutation>> = {
  'drop a chunk': ofChunk(any, (bytes, { at, end }) => sized(spliced(bytes, at, end - at))),
  'repeat a chunk': ofChunk(any, (bytes, { at, end }, { random }) =>
    sized(
      spliced(
        bytes,
        at,
        0,
        ...Array.from({ length: random.pick([1, 2, 200]) }, () => bytes.subarray(at, end)),
      ),
    ),
  ),
  'swap chunks': (bytes, { random }) => {
    const chunks = chunksOf(bytes);
    if (chunks.length < 2) return bytes;
    const first = random.below(chunks.length - 1);
    const [a, b] = [chunks[first]!, chunks[first + 1]!];
    return spliced(bytes, a.at, b.end - a.at, bytes.subarray(b.at, b.end), bytes.subarray(a.at, a.end));
  },
  'chunk of another photo': (bytes, { random, other }) => {
    const [mine, theirs] = [chunksOf(bytes), chunksOf(other)];
    if (mine.length === 0 || theirs.length === 0) return bytes;
    const [place, put] = [random.pick(mine), random.pick(theirs)];
    const removed = random.chance(0.5) ? place.end - place.at : 0;
    return sized(spliced(bytes, place.at, removed, other.subarray(put.at, put.end)));
  },
  'wrong length': ofChunk(any, (bytes, { at, data }, { random }) => {
    const changed = Buffer.from(bytes);
    const wrong = [0, data.length + 1, Math.max(0, data.length - 1), data.length + 8, random.interesting(32)];
    changed.writeUInt32LE(random.pick(wrong) >>> 0, at + 4);
    return changed;
  }),
  'wrong size of the file': (bytes, { random }) => {
    if (bytes.length < 8) return bytes;
    const changed = Buffer.from(bytes);
    changed.writeUInt32LE(
      random.pick([0, 4, bytes.length - 9, bytes.length - 7, random.interesting(32)]) >>> 0,
      4,
    );
    return changed;
  },
  'name of a chunk': ofChunk(any, (bytes, { at }, { random }) => {
    const changed = Buffer.from(bytes);
    changed.write(
      random.pick(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'EXIF', 'ICCP', 'XMP ', 'xxxx']),
      at,
      'latin1',
    );
    return changed;
  }),
  'dimensions, lossy': changedData(['VP8 '], (data, { random }) => {
    if (data.length < 10) return;
    data.writeUInt16LE(random.pick([0, 1, 31, 32, 200, 0x3fff, 0x7fff, 0xffff]), random.chance(0.5) ? 6 : 8);
  }),
  'dimensions, lossless': changedData(['VP8L'], (data, { random }) => {
    if (data.length >= 5) data.writeUInt32LE(random.chance(0.5) ? random.next() : random.interesting(32), 1);
  }),
  'extended header': changedData(['VP8X'], (data, { random }) => {
    data[random.below(data.length)] = random.interesting(8);
  }),
  'head of the coded data': changedData(['VP8 ', 'VP8L', 'ALPH'], (data, { random }) => {
    if (data.length > 0) data[random.below(Math.min(40, data.length))] = random.below(256);
  }),
  'coded data': changedData(['VP8 ', 'VP8L', 'ALPH'], (data, { random }) => {
    for (let i = random.pick([1, 5, 60]); i > 0 && data.length > 0; i--)
      data[random.below(data.length)] = random.below(256);
  }),
  'shorter coded data': ofChunk(typed('VP8 ', 'VP8L', 'ALPH'), (bytes, { type, at, end, data }, { random }) =>
    sized(spliced(bytes, at, end - at, chunk(type, data.subarray(0, random.below(data.length + 1))))),
  ),
  animation: added(0x02, ({ random }) =>
    Buffer.concat([chunk('ANIM', random.bytes(6)), chunk('ANMF', random.bytes(random.pick([4, 16, 60])))]),
  ),
  transparency: added(0x10, ({ random }) => chunk('ALPH', random.bytes(random.pick([0, 1, 2, 50, 4000])))),
  'colour profile': added(0x20, ({ random }) =>
    chunk('ICCP', random.bytes(random.pick([0, 128, 3000, 70_000]))),
  ),
  exif: added(0x08, (ground) =>
    chunk(
      'EXIF',
      Buffer.concat([ground.random.chance(0.3) ? Buffer.from('Exif\0\0') : Buffer.alloc(0), oddExif(ground)]),
    ),
  ),
  metadata: added(0x04, ({ random, plant }) =>
    chunk(random.pick(['XMP ', 'priv', 'LIST']), Buffer.from(plant())),
  ),
  'behind the end': (bytes, { plant }) => Buffer.concat([bytes, Buffer.from(plant())]),
};
