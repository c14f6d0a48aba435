import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ConsoleFiles {
  readonly page: Buffer;
  readonly assets: ReadonlyMap<string, { readonly type: string; readonly bytes: Buffer }>;
}

/** Where `npm run build:console` puts them, beside the compiled service. */
const folder = fileURLToPath(new URL('../../console/', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** All of them, into memory: a name that is not among them is no file. Undefined where the console was not built. */
export function readConsoleFiles(): ConsoleFiles | undefined {
  try {
    const page = readFileSync(join(folder, 'index.html'));
    const assets = readdirSync(join(folder, 'assets')).flatMap((name) => {
      const type = types[extname(name)];
      return type === undefined
        ? []
        : [[name, { type, bytes: readFileSync(join(folder, 'assets', name)) }] as const];
    });
    return { page, assets: new Map(assets) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
