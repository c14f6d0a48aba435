import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { type SampleName, sampleFaces } from '../cli/demo/faces.js';
import { portraitOf } from '../cli/demo/portraits.js';
import { FacematchError } from '../errors.js';

/** Photos of a folder (its subfolders included, at most 64), or the sample faces as portraits of 600 × 800 pixels. */
export async function benchmarkPhotos(folder: string | undefined): Promise<Buffer[]> {
  if (folder === undefined) return samplePortraits();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause) => {
    throw new FacematchError('input-invalid', `The folder ${folder} cannot be read.`, {}, { cause });
  });
  const files = entries
    .filter((entry) => entry.isFile() && /\.(jpe?g|png|webp)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .slice(0, 64);
  if (files.length === 0)
    throw new FacematchError('input-invalid', `The folder ${folder} holds no JPEG, PNG or WebP.`);
  return Promise.all(files.map((file) => readFile(file)));
}

async function samplePortraits(): Promise<Buffer[]> {
  const names = Object.keys(sampleFaces) as SampleName[];
  return Promise.all(
    names.map(async (name) =>
      sharp(await portraitOf(name))
        .resize(600, 800, { fit: 'cover' })
        .jpeg({ quality: 90 })
        .toBuffer(),
    ),
  );
}
