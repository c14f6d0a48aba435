import type { Ground } from './mutation.js';

/** A TIFF block as EXIF wraps it: mostly whole, with one thing odd about it. */
export function oddExif({ random, plant }: Ground): Buffer {
  const little = random.chance(0.5);
  const entries = random.pick([0, 1, 1, 2, 5, 40]);
  const block = Buffer.alloc(8 + 2 + entries * 12 + 4);
  const put16 = (value: number, at: number) =>
    little ? block.writeUInt16LE(value, at) : block.writeUInt16BE(value, at);
  const put32 = (value: number, at: number) =>
    little ? block.writeUInt32LE(value, at) : block.writeUInt32BE(value, at);
  block.write(little ? 'II' : 'MM', 0, 'latin1');
  put16(42, 2);
  put32(8, 4);
  put16(entries, 8);
  const orientation = random.chance(0.8) ? random.between(1, 8) : random.interesting(16);
  for (let i = 0; i < entries; i++) {
    const at = 10 + i * 12;
    put16(i === 0 ? 0x0112 : random.pick([0x010e, 0x0201, 0x0202, 0x8769, 0x8825, 0x0112]), at);
    put16(random.chance(0.8) ? 3 : random.between(0, 13), at + 2);
    put32(random.chance(0.8) ? 1 : random.interesting(32), at + 4);
    if (i === 0 && random.chance(0.9)) put16(orientation, at + 8);
    else put32(random.interesting(32), at + 8);
  }
  switch (random.below(8)) {
    case 0: // a directory that is not there
      put32(random.interesting(32), 4);
      break;
    case 1: // more entries than it has
      put16(random.interesting(16), 8);
      break;
    case 2: // a next directory: itself
      put32(8, block.length - 4);
      break;
    case 3:
      block.write('XX', 0, 'latin1');
      break;
  }
  return Buffer.concat([block, Buffer.from(plant(), 'latin1')]);
}
