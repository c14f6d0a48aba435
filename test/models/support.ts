import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ensureModels } from '../../src/models/build.js';
import { loadCards, type ModelCard, requireCard } from '../../src/models/card.js';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const modelsDir = join(root, 'models');
export const buildDir = join(modelsDir, 'build');
export const cards = loadCards(modelsDir);

/** The compiled build module, for tests that run it in a process of its own. */
const buildModule = new URL('../../src/models/build.js', import.meta.url).href;
const cardModule = new URL('../../src/models/card.js', import.meta.url).href;

/** A copy that a test may break. */
export function cardCopy<Role extends ModelCard['role']>(
  id: string,
  role: Role,
): Extract<ModelCard, { role: Role }> {
  const card = structuredClone(requireCard(cards, id));
  if (card.role !== role) throw new Error(`${id} is no ${role}`);
  return card as Extract<ModelCard, { role: Role }>;
}

export async function builtCards(...ids: string[]): Promise<ModelCard[]> {
  const wanted = ids.map((id) => requireCard(cards, id));
  await ensureModels({ cards: wanted, outDir: buildDir });
  return wanted;
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'facematch-models-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const filesIn = async (folder: string): Promise<string[]> => (await readdir(folder)).sort();

export interface BuildProcess {
  /** Exit code and the JSON line it printed: the code of the error, or `done`. */
  readonly finished: Promise<{ code: number | null; result: string }>;
  kill(): void;
}

/** Builds cards in a process of its own. `shell` runs first in the shell that becomes that process. */
export function buildInProcess(ids: readonly string[], outDir: string, shell = ':'): BuildProcess {
  const script = `
    import { buildModels } from ${JSON.stringify(buildModule)};
    import { loadCards } from ${JSON.stringify(cardModule)};
    const cards = loadCards(${JSON.stringify(modelsDir)});
    try {
      await buildModels({ cards: ${JSON.stringify(ids)}.map((id) => cards.get(id)), outDir: ${JSON.stringify(outDir)} });
      process.stdout.write('done');
    } catch (error) {
      process.stdout.write(String(error.code) + ': ' + error.message);
    }`;
  const child = spawn(
    'bash',
    ['-c', `${shell}; exec "$0" --input-type=module -e "$1"`, process.execPath, script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let result = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    result += text;
  });
  return {
    finished: new Promise((resolve) => child.on('close', (code) => resolve({ code, result }))),
    kill: () => child.kill('SIGKILL'),
  };
}
