import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { plainJpegPath } from './face/plainJpeg.js';
import { launcherPath } from './isolation/launcher.js';
import { packageRoot } from './packageRoot.js';

// `npm run build:native`: compiles the launcher of child processes and the decoder of plain JPEG photos, where they can
// work at all. Without a compiler the service still runs, and says at its start what its children are not kept from.
const warnings = ['-std=c17', '-Wall', '-Wextra', '-Werror'];
const hardening = ['-O2', '-D_FORTIFY_SOURCE=2', '-fstack-protector-strong', '-Wl,-z,relro,-z,now'];
const compiler = process.env['CC'] ?? 'cc';

/** @returns whether there is a compiler; its complaints make the build fail. */
function compile(
  path: string,
  options: readonly string[],
  folder: string,
  sources: readonly string[],
): boolean {
  mkdirSync(dirname(path), { recursive: true });
  const files = sources.map((name) => join(packageRoot, 'src', folder, name));
  const { error, status } = spawnSync(
    compiler,
    [...warnings, ...hardening, ...options, '-o', path, ...files],
    { stdio: 'inherit' },
  );
  if (status) process.exitCode = status;
  return error === undefined;
}

if (process.platform !== 'linux') {
  console.log('The launcher of child processes and the decoder of plain photos are for Linux: not built.');
} else {
  const confine = ['confine.c', 'confineFiles.c', 'confineCalls.c', 'confineProbe.c'];
  const { include_dir: headers } = createRequire(import.meta.url)('node-api-headers') as {
    include_dir: string;
  };
  const built =
    compile(launcherPath, ['-fPIE', '-pie'], 'isolation', confine) &&
    compile(plainJpegPath, ['-fPIC', '-shared', `-I${headers}`], 'face', ['plainJpeg.c']);
  if (!built) {
    console.log(
      `No C compiler (${compiler}): child processes will be isolated less (see SECURITY.md), and photos decoded slower.`,
    );
  }
}
