import { deflateSync, inflateSync } from 'node:zlib';
import { pngChunk } from '../../face/images.js';
import { oddExif } from './exif.js';
import { type Ground, type Mutation, spliced } from './mutation.js';

interface Chunk {
  readonly type: string;
  readonly at: number;
  readonly end: number;
  readonly data: Buffer;
}

/** As far as the bytes are a PNG. */
function chunksOf(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    chunks.push({
      type: bytes.toString('latin1', at + 4, at + 8),
      at,
      end,
      data: bytes.subarray(at + 8, end - 4),
    });
    at = end;
  }
  return chunks;
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

/** Other data in the chunk's place, with the checksum that belongs to it. */
const replaced = (bytes: Buffer, { type, at, end }: Chunk, data: Uint8Array): Buffer =>
  spliced(bytes, at, end - at, pngChunk(type, data));

/** Places where metadata may stand: before any chunk, the header's excepted. */
const before = (change: (ground: Ground) => Buffer): Mutation =>
  ofChunk(
    ({ type }) => type !== 'IHDR',
    (bytes, { at }, ground) => spliced(bytes, at, 0, change(ground)),
  );

const header = (change: (data: Buffer, ground: Ground) => void): Mutation =>
  ofChunk(typed('IHDR'), (bytes, chunk, ground) => {
    const data = Buffer.from(chunk.data);
    if (data.length < 13) return bytes;
    change(data, ground);
    return replaced(bytes, chunk, data);
  });

/** The pixel data unpacked, changed and packed again. */
const pixels =
  (change: (raw: Buffer, ground: Ground) => Buffer): Mutation =>
  (bytes, ground) => {
    const chunks = chunksOf(bytes).filter(typed('IDAT'));
    const [first] = chunks;
    const last = chunks.at(-1);
    if (first === undefined || last === undefined) return bytes;
    let raw: Buffer;
    try {
      raw = inflateSync(Buffer.concat(chunks.map(({ data }) => data)), { maxOutputLength: 8_000_000 });
    } catch {
      return bytes;
    }
    return spliced(bytes, first.at, last.end - first.at, pngChunk('IDAT', deflateSync(change(raw, ground))));
  };

export const png: Readonly<Record<string, Mutation>> = {
  'drop a chunk': ofChunk(any, (bytes, { at, end }) => spliced(bytes, at, end - at)),
  'repeat a chunk': ofChunk(any, (bytes, { at, end }, { random }) =>
    spliced(bytes, at, 0, ...Array.from({ length: random.pick([1, 2, 500]) }, () => bytes.subarray(at, end))),
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
    return spliced(
      bytes,
      place.at,
      random.chance(0.5) ? place.end - place.at : 0,
      other.subarray(put.at, put.end),
    );
  },
  'wrong length': ofChunk(any, (bytes, { at, data }, { random }) => {
    const changed = Buffer.from(bytes);
    const wrong = [
      0,
      data.length + 1,
      Math.max(0, data.length - 1),
      data.length + 12,
      random.interesting(32),
    ];
    changed.writeUInt32BE(random.pick(wrong) >>> 0, at);
    return changed;
  }),
  'wrong checksum': ofChunk(any, (bytes, { end }, { random }) => {
    const changed = Buffer.from(bytes);
    changed[end - 1 - random.below(4)]! ^= 1 << random.below(8);
    return changed;
  }),
  'data with a right checksum': ofChunk(any, (bytes, chunk, { random }) => {
    const data = Buffer.from(chunk.data);
    if (data.length > 0) data[random.below(data.length)] = random.interesting(8);
    return replaced(bytes, chunk, data);
  }),
  'shorter data with a right checksum': ofChunk(any, (bytes, chunk, { random }) =>
    replaced(bytes, chunk, chunk.data.subarray(0, random.below(chunk.data.length + 1))),
  ),
  dimensions: header((data, { random }) => {
    const side = () =>
      random.pick([0, 1, 31, 32, 33, 200, 4096, 16_384, 16_385, 65_536, 0x7fffffff, 0x80000000, 0xffffffff]);
    if (random.chance(0.7)) data.writeUInt32BE(side(), 0);
    if (random.chance(0.7)) data.writeUInt32BE(side(), 4);
  }),
  'depth and colour': header((data, { random }) => {
    data[8] = random.pick([0, 1, 2, 4, 8, 16, 32, 255]);
    data[9] = random.pick([0, 1, 2, 3, 4, 5, 6, 7, 255]);
  }),
  'method and interlace': header((data, { random }) => {
    data[random.between(10, 12)] = random.pick([0, 1, 2, 255]);
  }),
  palette: before(({ random }) => pngChunk('PLTE', random.bytes(random.pick([0, 1, 3, 768, 771, 769])))),
  transparency: before(({ random }) =>
    pngChunk('tRNS', random.bytes(random.pick([0, 1, 2, 6, 256, 257, 5000]))),
  ),
  'colour space': before(({ random }) => {
    const data = random.chance(0.5) ? Buffer.alloc(32) : random.bytes(random.pick([0, 1, 4, 32, 33]));
    return pngChunk(random.pick(['gAMA', 'cHRM', 'sRGB', 'cICP', 'mDCV', 'bKGD', 'sBIT']), data);
  }),
  'colour profile': before(({ random }) => {
    const profile = random.chance(0.2) ? Buffer.alloc(4_000_000) : random.bytes(random.pick([0, 128, 3000]));
    const packed = random.chance(0.8) ? deflateSync(profile) : profile;
    return pngChunk('iCCP', Buffer.concat([Buffer.from('icc\0\0', 'latin1'), packed]));
  }),
  'pixel data cut or added to': pixels((raw, { random }) =>
    random.chance(0.6)
      ? raw.subarray(0, random.below(raw.length))
      : Buffer.concat([raw, Buffer.alloc(random.pick([1, 1000, 3_000_000]))]),
  ),
  'pixel data changed': pixels((raw, { random }) => {
    const changed = Buffer.from(raw);
    for (let i = 0; i < 20 && raw.length > 0; i++) changed[random.below(raw.length)] = random.below(256);
    return changed;
  }),
  'pixel data in small pieces': ofChunk(typed('IDAT'), (bytes, { at, end, data }, { random }) => {
    const size = Math.max(random.pick([1, 7, 100]), Math.ceil(data.length / 2000));
    const pieces: Buffer[] = [];
    for (let from = 0; from < data.length; from += size)
      pieces.push(pngChunk('IDAT', data.subarray(from, from + size)));
    if (random.chance(0.3))
      pieces.splice(random.below(pieces.length), 0, pngChunk('tEXt', Buffer.from('a\0b')));
    return spliced(bytes, at, end - at, ...pieces);
  }),
  metadata: before(({ random, plant }) => {
    const text = Buffer.from(plant(), 'latin1');
    const kind = random.pick(['tEXt', 'iTXt', 'eXIf', 'tIME', 'prVt', 'dSIG', 'zTXt']);
    if (kind !== 'zTXt') return pngChunk(kind, text);
    const packed = deflateSync(Buffer.alloc(random.pick([10, 5_000_000]), 'x'));
    return pngChunk(kind, Buffer.concat([text, Buffer.from([0, 0]), packed]));
  }),
  exif: before((ground) => pngChunk('eXIf', oddExif(ground))),
  animation: before(({ random }) =>
    Buffer.concat([
      ...(random.chance(0.8) ? [pngChunk('acTL', Buffer.alloc(8, 1))] : []),
      pngChunk('fcTL', random.bytes(26)),
      pngChunk('fdAT', random.bytes(60)),
    ]),
  ),
  'unknown critical chunk': before(({ random }) => pngChunk('CgBI', random.bytes(4))),
  'behind the end': (bytes, { plant, other, random }) =>
    Buffer.concat([bytes, Buffer.from(plant(), 'latin1'), random.chance(0.3) ? other : Buffer.alloc(0)]),
};
