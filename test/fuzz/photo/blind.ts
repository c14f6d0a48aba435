import { type Mutation, spliced } from './mutation.js';

const words = [
  'JFIF\0',
  'Exif\0\0',
  'ICC_PROFILE\0',
  'Adobe',
  'IHDR',
  'IDAT',
  'IEND',
  'acTL',
  'VP8X',
  'VP8L',
  'ANIM',
]
  .map((word) => Buffer.from(word, 'latin1'))
  .concat([
    Buffer.from([0xff, 0xd8]),
    Buffer.from([0xff, 0xd9]),
    Buffer.from([0xff, 0xda]),
    Buffer.from([0xff, 0xdc, 0, 4, 0, 32]),
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
    Buffer.alloc(16),
  ]);

/** Changes that know nothing of the format. */
export const blind: Readonly<Record<string, Mutation>> = {
  'flip bits': (bytes, { random }) => {
    const changed = Buffer.from(bytes);
    for (let times = random.pick([1, 1, 1, 4, 32]); times > 0; times--) {
      const at = random.below(changed.length);
      changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
    }
    return changed;
  },
  /** Headers stand at the beginning: a flip there says more than one among the pixels. */
  'flip bits of the head': (bytes, { random }) => {
    const changed = Buffer.from(bytes);
    const at = random.below(Math.min(changed.length, 700));
    changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
    return changed;
  },
  'interesting number': (bytes, { random }) => {
    if (bytes.length < 4) return bytes;
    const changed = Buffer.from(bytes);
    const at = random.below(random.chance(0.7) ? Math.min(700, bytes.length - 4) : bytes.length - 4);
    const bits = random.pick([8, 16, 32] as const);
    const value = random.interesting(bits);
    const size = bits / 8;
    if (random.chance(0.5)) changed.writeUIntBE(value, at, size);
    else changed.writeUIntLE(value, at, size);
    return changed;
  },
  truncate: (bytes, { random }) =>
    bytes.subarray(0, random.chance(0.5) ? random.below(bytes.length) : bytes.length - random.between(1, 16)),
  'cut out': (bytes, { random }) => {
    const at = random.below(bytes.length);
    return spliced(bytes, at, random.between(1, random.pick([1, 8, 300, bytes.length])));
  },
  'repeat a block': (bytes, { random }) => {
    const at = random.below(bytes.length);
    const block = bytes.subarray(at, at + random.between(1, random.pick([4, 64, 2000])));
    const times = random.pick([1, 2, 40]);
    return spliced(bytes, at, 0, ...Array.from({ length: times }, () => block));
  },
  'move a block': (bytes, { random }) => {
    const from = random.below(bytes.length);
    const block = Buffer.from(bytes.subarray(from, from + random.between(1, 400)));
    const rest = spliced(bytes, from, block.length);
    return spliced(rest, random.below(rest.length), 0, block);
  },
  'splice two photos': (bytes, { random, other }) =>
    Buffer.concat([
      bytes.subarray(0, random.below(bytes.length)),
      other.subarray(random.below(Math.max(1, other.length))),
    ]),
  'piece of another photo': (bytes, { random, other }) => {
    const from = random.below(other.length);
    const piece = other.subarray(from, from + random.between(1, 600));
    return spliced(bytes, random.below(bytes.length), random.chance(0.5) ? piece.length : 0, piece);
  },
  'zero a block': (bytes, { random }) => {
    const at = random.below(bytes.length);
    return Buffer.from(bytes).fill(
      random.pick([0, 0xff, 0x80]),
      at,
      Math.min(bytes.length, at + random.between(1, 600)),
    );
  },
  'random block': (bytes, { random }) => {
    const block = random.bytes(random.between(1, 64));
    return spliced(bytes, random.below(bytes.length), random.chance(0.5) ? block.length : 0, block);
  },
  'word of a format': (bytes, { random }) => {
    const word = random.pick(words);
    return spliced(bytes, random.below(bytes.length), random.chance(0.7) ? word.length : 0, word);
  },
  'append garbage': (bytes, { random }) => Buffer.concat([bytes, random.bytes(random.between(1, 3000))]),
  'prefix garbage': (bytes, { random }) => Buffer.concat([random.bytes(random.between(1, 12)), bytes]),
};
