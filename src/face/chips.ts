import type { ChipTarget } from './warp.js';

interface ChipInput {
  readonly width: number;
  readonly height: number;
  readonly channels: 'RGB' | 'BGR' | 'GRAY';
}

/** Grey level where a chip reaches outside the photo. */
const padding = 0;

/** The pixels of a batch as an engine takes them: one chip after the other, RGB or grey by the card. */
export class ChipBatch {
  readonly data: Uint8Array;
  private readonly channels: 1 | 3;
  private readonly size: number;

  constructor(
    private readonly input: ChipInput,
    readonly length: number,
  ) {
    this.channels = input.channels === 'GRAY' ? 1 : 3;
    this.size = input.width * input.height * this.channels;
    this.data = new Uint8Array(this.size * length);
  }

  /** Where the i-th chip is written. */
  target(i: number): ChipTarget {
    const { width, height } = this.input;
    return { data: this.data, offset: i * this.size, width, height, channels: this.channels, padding };
  }

  /** The i-th chip's bytes, not copied. */
  chip(i: number): Uint8Array {
    return this.data.subarray(i * this.size, (i + 1) * this.size);
  }
}
