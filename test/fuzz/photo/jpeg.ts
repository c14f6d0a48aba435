import { oddExif } from './exif.js';
import { type Ground, type Mutation, spliced } from './mutation.js';

interface Segment {
  readonly code: number;
  /** Of the marker's 0xff. */
  readonly at: number;
  /** Behind the segment, and for a scan behind its coded data. */
  readonly end: number;
}

/** As far as the bytes are a JPEG (ITU-T T.81 annex B); what follows belongs to no segment. */
function segmentsOf(bytes: Buffer): Segment[] {
  const segments: Segment[] = [];
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const code = bytes[at + 1] ?? 0;
    if (code === 0xd9) break;
    let end = at + 2 + bytes.readUInt16BE(at + 2);
    if (code === 0xda) {
      while (end < bytes.length && !(bytes[end] === 0xff && isMarker(bytes[end + 1] ?? 0))) end++;
    }
    if (end > bytes.length) break;
    segments.push({ code, at, end });
    at = end;
  }
  return segments;
}

const isMarker = (code: number): boolean => code !== 0 && code !== 0xff && (code < 0xd0 || code > 0xd7);

const isFrame = ({ code }: Segment): boolean =>
  code >= 0xc0 && code <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(code);

/** Of a JPEG that has any, changes one of the segments that fit. */
const ofSegment =
  (
    fits: (segment: Segment) => boolean,
    change: (bytes: Buffer, segment: Segment, ground: Ground) => Buffer,
  ): Mutation =>
  (bytes, ground) => {
    const fitting = segmentsOf(bytes).filter(fits);
    return fitting.length === 0 ? bytes : change(bytes, ground.random.pick(fitting), ground);
  };

const coded =
  (...codes: number[]) =>
  ({ code }: Segment): boolean =>
    codes.includes(code);
const any = (): boolean => true;

/** Overwrites one byte of the segment's payload, from and up to these places. */
const setByte = (
  bytes: Buffer,
  { at, end }: Segment,
  from: number,
  to: number,
  value: number,
  pick: number,
): Buffer => {
  const changed = Buffer.from(bytes);
  const place = at + 4 + from + (pick % Math.max(1, to - from));
  if (place < end) changed[place] = value;
  return changed;
};

const segment = (code: number, payload: Uint8Array): Buffer => {
  const head = Buffer.from([0xff, code, 0, 0]);
  head.writeUInt16BE(Math.min(payload.length + 2, 0xffff), 2);
  return Buffer.concat([head, payload.subarray(0, 0xfffd)]);
};

export const jpeg: Readonly<Record<string, Mutation>> = {
  'drop a segment': ofSegment(any, (bytes, { at, end }) => spliced(bytes, at, end - at)),
  'repeat a segment': ofSegment(any, (bytes, { at, end }, { random }) =>
    spliced(bytes, at, 0, ...Array.from({ length: random.pick([1, 1, 3]) }, () => bytes.subarray(at, end))),
  ),
  'many scans': ofSegment(coded(0xda), (bytes, { at, end }, { random }) =>
    spliced(
      bytes,
      end,
      0,
      ...Array.from({ length: random.pick([20, 31, 32, 33, 200]) }, () => bytes.subarray(at, end)),
    ),
  ),
  'swap segments': (bytes, { random }) => {
    const segments = segmentsOf(bytes);
    if (segments.length < 2) return bytes;
    const first = random.below(segments.length - 1);
    const [a, b] = [segments[first]!, segments[first + 1]!];
    return spliced(bytes, a.at, b.end - a.at, bytes.subarray(b.at, b.end), bytes.subarray(a.at, a.end));
  },
  'segment of another photo': (bytes, { random, other }) => {
    const [mine, theirs] = [segmentsOf(bytes), segmentsOf(other)];
    if (mine.length === 0 || theirs.length === 0) return bytes;
    const [place, put] = [random.pick(mine), random.pick(theirs)];
    return spliced(
      bytes,
      place.at,
      random.chance(0.5) ? place.end - place.at : 0,
      other.subarray(put.at, put.end),
    );
  },
  'wrong length': ofSegment(any, (bytes, { at }, { random }) => {
    const changed = Buffer.from(bytes);
    const length = bytes.readUInt16BE(at + 2);
    changed.writeUInt16BE(
      random.pick([0, 1, 2, 3, length - 1, length + 1, 0xffff, random.interesting(16)]) & 0xffff,
      at + 2,
    );
    return changed;
  }),
  'other marker': ofSegment(any, (bytes, { at }, { random }) => {
    const changed = Buffer.from(bytes);
    changed[at + 1] = random.between(0xc0, 0xfe);
    return changed;
  }),
  dimensions: ofSegment(isFrame, (bytes, { at }, { random }) => {
    const changed = Buffer.from(bytes);
    const side = () =>
      random.pick([
        0,
        1,
        31,
        32,
        33,
        100,
        1999,
        2000,
        4096,
        16_383,
        16_384,
        16_385,
        65_535,
        random.below(65_536),
      ]);
    if (random.chance(0.7)) changed.writeUInt16BE(side(), at + 5);
    if (random.chance(0.7)) changed.writeUInt16BE(side(), at + 7);
    return changed;
  }),
  'kind of frame': ofSegment(isFrame, (bytes, { at }, { random }) => {
    const changed = Buffer.from(bytes);
    changed[at + 1] = random.pick([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc9, 0xca, 0xcb, 0xcf]);
    return changed;
  }),
  'precision or components': ofSegment(isFrame, (bytes, place, { random }) =>
    setByte(bytes, place, 0, 1, random.pick([0, 2, 8, 12, 16, 255]), random.chance(0.5) ? 0 : 5),
  ),
  sampling: ofSegment(isFrame, (bytes, place, { random }) =>
    setByte(
      bytes,
      place,
      6,
      18,
      random.pick([0x00, 0x11, 0x12, 0x21, 0x22, 0x41, 0x44, 0xff, random.below(256)]),
      random.next(),
    ),
  ),
  'Huffman table': ofSegment(coded(0xc4, 0xcc), (bytes, place, { random }) =>
    setByte(bytes, place, 0, random.pick([1, 17, 180]), random.interesting(8), random.next()),
  ),
  'quantisation table': ofSegment(coded(0xdb), (bytes, place, { random }) =>
    setByte(bytes, place, 0, random.pick([1, 65]), random.interesting(8), random.next()),
  ),
  'head of a scan': ofSegment(coded(0xda), (bytes, place, { random }) =>
    setByte(bytes, place, 0, 10, random.pick([0, 1, 3, 4, 63, 64, 0x11, 0x1f, 255]), random.next()),
  ),
  'coded data': ofSegment(coded(0xda), (bytes, { at, end }, { random }) => {
    const from = at + 14;
    const put = random.pick([
      Buffer.from([0xff, 0xd0 + random.below(8)]),
      Buffer.from([0xff, 0x00]),
      Buffer.from([0xff]),
      Buffer.from([0xff, 0xdc, 0, 4, 0, 64]),
      random.bytes(random.between(1, 40)),
    ]);
    return spliced(
      bytes,
      from + random.below(Math.max(1, end - from)),
      random.chance(0.5) ? put.length : 0,
      put,
    );
  }),
  'restart interval': ofSegment(coded(0xda), (bytes, { at }, { random }) =>
    spliced(bytes, at, 0, segment(0xdd, Buffer.from([0, random.pick([0, 1, 2, 8, 255])]))),
  ),
  metadata: ofSegment(any, (bytes, { at }, { random, plant }) => {
    const code = random.pick([0xe0, 0xe1, 0xe3, 0xed, 0xee, 0xef, 0xfe]);
    const kind = random.pick([
      '',
      'JFIF\0\x01\x01\0',
      'Adobe\0d',
      'http://ns.adobe.com/xap/1.0/\0',
      'Photoshop 3.0\0',
    ]);
    const text = `${kind}${plant()}${'x'.repeat(random.pick([0, 40, 65_000]))}`;
    return spliced(bytes, at, 0, segment(code, Buffer.from(text, 'latin1')));
  }),
  exif: ofSegment(any, (bytes, { at }, ground) =>
    spliced(bytes, at, 0, segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), oddExif(ground)]))),
  ),
  'colour transform': ofSegment(any, (bytes, { at }, { random }) =>
    spliced(
      bytes,
      at,
      0,
      segment(0xee, Buffer.from([...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, random.below(4)])),
    ),
  ),
  'colour profile': ofSegment(any, (bytes, { at }, { random }) => {
    const profile = Buffer.concat([
      Buffer.from('ICC_PROFILE\0'),
      Buffer.from([random.below(3), random.below(4)]),
      random.bytes(random.pick([0, 20, 128, 3000, 60_000])),
    ]);
    return spliced(bytes, at, 0, segment(0xe2, profile));
  }),
  'fill bytes': ofSegment(any, (bytes, { at }, { random }) =>
    spliced(bytes, at, 0, Buffer.alloc(random.pick([1, 2, 1000]), 0xff)),
  ),
  'second image': (bytes, { random, other }) =>
    random.chance(0.5) ? Buffer.concat([bytes, other]) : spliced(bytes, 2, 0, segment(0xe1, other)),
};
