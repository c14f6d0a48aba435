import { createReadStream } from 'node:fs';
import { FacematchError } from '../errors.js';

export interface Line {
  /** In the file, from 1. */
  readonly number: number;
  /** Without its line end; undefined where it is longer than allowed. */
  readonly bytes: Buffer | undefined;
}

const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * The lines of a file that are not blank, while it is read: never more than one of them and a chunk in memory.
 *
 * @throws FacematchError `input-invalid` when the file cannot be read
 */
export async function* readLines(file: string, mostBytes: number): AsyncGenerator<Line, void, undefined> {
  let number = 0;
  let held: Buffer[] = [];
  let size = 0;
  const add = (piece: Buffer): void => {
    size += piece.length;
    if (size <= mostBytes) held.push(piece);
    else held = [];
  };
  const take = (): Line | undefined => {
    number++;
    const bytes = size > mostBytes ? undefined : withoutEnd(Buffer.concat(held));
    held = [];
    size = 0;
    return bytes?.length === 0 ? undefined : { number, bytes };
  };
  for await (const chunk of open(file)) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      const line = take();
      if (line) yield line;
    }
    add(chunk.subarray(from));
  }
  const last = size > 0 ? take() : undefined;
  if (last) yield last;
}

/** How many lines {@link readLines} gives. */
export async function countLines(file: string): Promise<number> {
  let lines = 0;
  let blank = true;
  for await (const chunk of open(file)) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      if (!(blank && isBlank(chunk.subarray(from, end)))) lines++;
      blank = true;
      from = end + 1;
    }
    blank &&= isBlank(chunk.subarray(from));
  }
  return blank ? lines : lines + 1;
}

async function* open(file: string): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) yield chunk as Buffer;
  } catch (cause) {
    throw new FacematchError('input-invalid', `The file ${file} cannot be read.`, {}, { cause });
  }
}

function withoutEnd(line: Buffer): Buffer {
  const end = line.at(-1) === carriageReturn ? line.length - 1 : line.length;
  return isBlank(line) ? line.subarray(0, 0) : line.subarray(0, end);
}

const isBlank = (piece: Buffer): boolean =>
  piece.every((byte) => byte === 0x20 || byte === 0x09 || byte === carriageReturn);
