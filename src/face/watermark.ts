import { hasDot, letterHeight, letterWidth } from './font5x7.js';
import type { RgbImage } from './types.js';

/** One dot between letters, two between lines. */
const advance = letterWidth + 1;
const lineHeight = letterHeight + 2;
/** Share by which a dot changes a pixel: readable in the line at the edge, faint across the face. */
const strong = 0.85;
const faint = 0.07;

/**
 * A copy of the picture with the words on it: in a line along its lower edge, dark letters on a light strip, and faintly
 * all over it, so that cutting off the edge does not take them off. Letters that are no ASCII show as question marks.
 */
export function watermarked(image: RgbImage, words: string): RgbImage {
  const marked = { ...image, data: Uint8Array.from(image.data) };
  const scale = Math.max(1, Math.round(image.width / 400));
  const perLine = Math.max(1, Math.floor((image.width / scale - 2) / advance));
  const lines = wrapped(words, perLine);
  across(marked, words, scale);
  const top = image.height - lines.length * lineHeight * scale;
  strip(marked, top);
  for (const [index, line] of lines.entries()) {
    write(marked, line, { x: scale, y: top + (index * lineHeight + 1) * scale, scale, share: strong, to: 0 });
  }
  return marked;
}

function wrapped(words: string, perLine: number): string[] {
  const letters = [...words];
  const lines: string[] = [];
  for (let at = 0; at < letters.length; at += perLine) lines.push(letters.slice(at, at + perLine).join(''));
  return lines;
}

/** In rows that are shifted against each other, light and dark in turn, to be seen on any ground. */
function across(image: RgbImage, words: string, scale: number): void {
  const width = ([...words].length + 6) * advance * scale;
  const height = 5 * lineHeight * scale;
  for (let row = 0; row * height < image.height; row++) {
    const to = row % 2 === 0 ? 255 : 0;
    for (let x = -((row * width) / 3) % width; x < image.width; x += width) {
      write(image, words, { x: Math.round(x), y: row * height, scale, share: faint, to });
    }
  }
}

function strip(image: RgbImage, top: number): void {
  const { width, height, data } = image;
  for (let at = Math.max(0, top) * width * 3; at < height * width * 3; at++) {
    data[at] = 255 - (255 - (data[at] ?? 0)) * 0.35;
  }
}

interface Writing {
  readonly x: number;
  readonly y: number;
  /** Pixels of a dot. */
  readonly scale: number;
  readonly share: number;
  /** The grey, 0 to 255, towards which dots go. */
  readonly to: number;
}

function write(image: RgbImage, line: string, { x, y, scale, share, to }: Writing): void {
  for (const [index, letter] of [...line].entries()) {
    for (let column = 0; column < letterWidth; column++) {
      for (let row = 0; row < letterHeight; row++) {
        if (!hasDot(letter, column, row)) continue;
        dot(image, x + (index * advance + column) * scale, y + row * scale, { scale, share, to });
      }
    }
  }
}

function dot(image: RgbImage, left: number, top: number, ink: Pick<Writing, 'scale' | 'share' | 'to'>): void {
  const { width, height, data } = image;
  for (let y = Math.max(0, top); y < Math.min(height, top + ink.scale); y++) {
    for (let x = Math.max(0, left); x < Math.min(width, left + ink.scale); x++) {
      for (let at = (y * width + x) * 3, end = at + 3; at < end; at++) {
        const value = data[at] ?? 0;
        data[at] = value + (ink.to - value) * ink.share;
      }
    }
  }
}
