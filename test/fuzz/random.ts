/** Numbers that look random and are the same for the same seed (Doty-Humphrey's sfc32, 128 bits of state). */
export class Random {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    this.#state = Uint32Array.of(seed, seed ^ 0x9e3779b9, 0x243f6a88, 1);
    for (let i = 0; i < 12; i++) this.next();
  }

  /** 32 bits. */
  next(): number {
    const state = this.#state;
    const [a, b, c, counter] = [state[0] ?? 0, state[1] ?? 0, state[2] ?? 0, state[3] ?? 0];
    const result = (a + b + counter) >>> 0;
    state[3] = counter + 1;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + result;
    return result;
  }

  /** A whole number from 0, under `end`; 0 where `end` is. */
  below(end: number): number {
    return end <= 0 ? 0 : Math.floor((this.next() / 2 ** 32) * end);
  }

  /** Both ends included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(share: number): boolean {
    return this.next() / 2 ** 32 < share;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('There is nothing to pick from.');
    return list[this.below(list.length)] as T;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let i = 0; i < length; i++) bytes[i] = this.next() >>> 24;
    return bytes;
  }

  /** Numbers at which parsers change their minds, of so many bits. */
  interesting(bits: 8 | 16 | 32): number {
    const most = 2 ** bits;
    const edge = this.pick([
      0, 1, 2, 7, 8, 16, 31, 32, 64, 100, 127, 128, 255, 256, 1024, 4096, 16384, 32767,
    ]);
    const high = this.pick([most - 1, most - 2, most / 2, most / 2 - 1, most / 2 + 1, most - 16]);
    return (this.chance(0.5) ? edge : high) % most;
  }

  /** A word that occurs nowhere else, to be looked for where it must not be. */
  marker(): string {
    return `zq${this.next().toString(36)}Plant${this.next().toString(36)}`;
  }
}
