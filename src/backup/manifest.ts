import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FacematchError } from '../errors.js';

export const manifestName = 'manifest.json';

const fileSchema = z.strictObject({
  name: z.string().regex(/^[\w.-]+$/),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What a folder with a backup holds; nothing personal and no key. */
export const manifestSchema = z.strictObject({
  format: z.literal(1),
  /** The database alone, or the keyring and the ledger. Never both in one folder. */
  kind: z.enum(['database', 'keyring']),
  madeAt: z.iso.datetime(),
  version: z.string(),
  files: z.array(fileSchema).min(1),
});
export type Manifest = z.output<typeof manifestSchema>;

/** Describes the files of a folder, durably; the manifest comes last, so that a backup cut short has none. */
export async function writeManifest(
  folder: string,
  description: Pick<Manifest, 'kind' | 'madeAt' | 'version'>,
  names: readonly string[],
): Promise<Manifest> {
  const files = [];
  for (const name of names) {
    await syncFile(join(folder, name));
    files.push({ name, ...(await measured(join(folder, name))) });
  }
  const manifest: Manifest = { format: 1, ...description, files };
  const path = join(folder, manifestName);
  await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  await syncFile(path);
  return manifest;
}

/**
 * The manifest of a backup whose files are all there and unchanged.
 *
 * @throws FacematchError `backup-invalid`
 */
export async function verifiedManifest(folder: string, kind: Manifest['kind']): Promise<Manifest> {
  const text = await readFile(join(folder, manifestName), 'utf8').catch(() => {
    throw invalid('There is no backup in this folder, or it was cut short: it has no manifest.', {});
  });
  const parsed = manifestSchema.safeParse(parseJson(text));
  if (!parsed.success) throw invalid('The manifest of the backup cannot be read.', {});
  const manifest = parsed.data;
  if (manifest.kind !== kind) throw invalid(`This is a backup of the ${manifest.kind}.`, {});
  for (const { name, bytes, sha256 } of manifest.files) {
    const path = join(folder, name);
    if (!existsSync(path)) throw invalid('A file of the backup is missing.', { file: name });
    const found = await measured(path);
    if (found.bytes !== bytes || found.sha256 !== sha256) {
      throw invalid('A file of the backup was changed.', { file: name });
    }
  }
  return manifest;
}

/** A folder name that sorts by time. */
export function stampOf(moment: Date): string {
  return moment.toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

async function measured(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { bytes: (await stat(path)).size, sha256: hash.digest('hex') };
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(message: string, facts: Record<string, string>): FacematchError {
  return new FacematchError('backup-invalid', message, facts);
}
