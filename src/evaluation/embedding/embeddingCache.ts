import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { FacematchError } from '../../errors.js';
import type { Acquired } from './embeddings.js';

/**
 * What photos gave, kept between runs so that an interrupted one goes on where it stopped: a file of lines per
 * pipeline, a line per photo, under the SHA-256 of its bytes. Embeddings are biometric data: the folder is for its owner
 * alone (mode 0700), and whoever runs an evaluation deletes it when they are done.
 */
export interface EmbeddingCache {
  get(photoHash: string): Acquired | undefined;
  put(photoHash: string, acquired: Acquired): void;
  close(): void;
}

export const noCache: EmbeddingCache = { get: () => undefined, put: () => {}, close: () => {} };

/** In the system's folder for temporary files, one per user. */
export function defaultCacheFolder(): string {
  return join(tmpdir(), `facematch-embeddings-${userInfo().uid}`);
}

export function photoHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const lineSchema = z.strictObject({
  photo: z.string().length(64),
  failed: z.string().optional(),
  embedding: z.string().optional(),
  sharpness: z.number().optional(),
  quality: z.number().optional(),
  landmarks: z.array(z.number()).length(136).optional(),
});

/**
 * @param key everything an embedding depends on, see `fingerprint.ts`
 * @throws FacematchError `input-invalid` for a folder that others can read or own
 */
export async function openEmbeddingCache(folder: string, key: string): Promise<EmbeddingCache> {
  await privateFolder(folder);
  const path = join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.jsonl`);
  const file = openSync(path, 'a+', 0o600);
  const known = new Map<string, Acquired>();
  const text = readFileSync(path, 'utf8');
  const whole = text.lastIndexOf('\n') + 1;
  // A run that was killed may have left half a line.
  if (whole < text.length) truncateSync(path, Buffer.byteLength(text.slice(0, whole)));
  for (const line of text.slice(0, whole).split('\n')) {
    if (line === '') continue;
    const parsed = lineSchema.safeParse(parseJson(line));
    const acquired = parsed.success ? fromLine(parsed.data) : undefined;
    if (parsed.success && acquired !== undefined) known.set(parsed.data.photo, acquired);
  }
  return {
    get: (hash) => known.get(hash),
    put(hash, acquired) {
      known.set(hash, acquired);
      writeSync(file, `${JSON.stringify(toLine(hash, acquired))}\n`);
    },
    close: () => closeSync(file),
  };
}

async function privateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = await lstat(folder).then((found) => ({ mode: found.mode, uid: found.uid }));
  const own = uid === userInfo().uid || process.platform === 'win32';
  const closed = (mode & 0o077) === 0 || process.platform === 'win32';
  if (!own || !closed) {
    throw new FacematchError(
      'input-invalid',
      `The cache folder ${folder} must belong to you alone (chmod 700): it holds embeddings, which are biometric data.`,
    );
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function toLine(photo: string, acquired: Acquired): z.infer<typeof lineSchema> {
  if (acquired.kind === 'failed') return { photo, failed: acquired.reason };
  const { embedding, sharpness, quality, landmarks } = acquired;
  const bytes = Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength);
  const hundredth = (value: number): number => Math.round(100 * value) / 100;
  return {
    photo,
    embedding: bytes.toString('base64'),
    sharpness,
    ...(quality === undefined ? {} : { quality }),
    landmarks: landmarks.flatMap(({ x, y }) => [hundredth(x), hundredth(y)]),
  };
}

function fromLine({
  failed,
  embedding,
  sharpness,
  quality,
  landmarks,
}: z.infer<typeof lineSchema>): Acquired | undefined {
  if (failed !== undefined)
    return { kind: 'failed', reason: failed as Extract<Acquired, { kind: 'failed' }>['reason'] };
  if (embedding === undefined || sharpness === undefined || landmarks === undefined) return undefined;
  const bytes = Uint8Array.from(Buffer.from(embedding, 'base64'));
  return {
    kind: 'embedded',
    embedding: new Float32Array(bytes.buffer),
    sharpness,
    ...(quality === undefined ? {} : { quality }),
    landmarks: Array.from({ length: landmarks.length / 2 }, (_, i) => ({
      x: landmarks[2 * i] as number,
      y: landmarks[2 * i + 1] as number,
    })),
  };
}
