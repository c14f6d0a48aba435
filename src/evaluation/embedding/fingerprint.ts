import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { networksOf } from '../../face/open.js';
import type { FaceSettings } from '../../face/settings.js';
import { packageRoot } from '../../packageRoot.js';

/**
 * Everything an embedding depends on beside the photo: the settings, the cards (which name weights by hash), the code
 * between photo and embedding, and the pinned versions of the libraries under it.
 */
export function pipelineFingerprint(settings: FaceSettings): string {
  const hash = createHash('sha256');
  const { modelsDir, buildDir: _built, threads: _threads, ...rest } = settings;
  hash.update(JSON.stringify(rest));
  for (const id of networksOf(settings)) hash.update(readFileSync(join(modelsDir, `${id}.card.json`)));
  const code = fileURLToPath(new URL('../../face', import.meta.url));
  for (const file of readdirSync(code, { recursive: true, encoding: 'utf8' }).sort()) {
    if (file.endsWith('.js')) hash.update(file).update(readFileSync(join(code, file)));
  }
  hash.update(readFileSync(join(packageRoot, 'package.json')));
  return hash.digest('hex');
}
