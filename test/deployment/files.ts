import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../../src/packageRoot.js';

export const deployFolder = join(packageRoot, 'deploy');

/** The text of a file of the repository. */
export const textOf = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

/** The documents of a YAML file, anchors and merges resolved. */
export function documentsOf(path: string): unknown[] {
  return parseAllDocuments(textOf(path), { merge: true }).map((document) => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors[0]?.message}`);
    return document.toJS() as unknown;
  });
}

const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});
export type KubernetesObject = z.output<typeof object>;

/** Every object of deploy/kubernetes, with the file it is in. */
export function kubernetesObjects(): { file: string; object: KubernetesObject }[] {
  return readdirSync(join(deployFolder, 'kubernetes'))
    .filter((file) => file !== 'kustomization.yaml')
    .flatMap((file) =>
      documentsOf(`deploy/kubernetes/${file}`).map((found) => ({ file, object: object.parse(found) })),
    );
}

/** Every file that deploys the service, with its text. */
export function deployedTexts(): { path: string; text: string }[] {
  const inFolder = readdirSync(deployFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('secrets'))
    .map((entry) => join(entry.parentPath, entry.name).slice(packageRoot.length + 1));
  return ['compose.yaml', ...inFolder].map((path) => ({ path, text: textOf(path) }));
}
