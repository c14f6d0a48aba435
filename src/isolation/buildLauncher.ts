import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../packageRoot.js';
import { launcherPath } from './launcher.js';

// `npm run build:confine`: compiles the launcher of child processes where it can work at all. Without a compiler the
// service still runs, and says at its start what its children are not kept from.
const folder = join(packageRoot, 'src', 'isolation');
const sources = ['confine.c', 'confineFiles.c', 'confineCalls.c', 'confineProbe.c'];
const warnings = ['-Wall', '-Wextra', '-Werror'];
const hardening = [
  '-O2',
  '-D_FORTIFY_SOURCE=2',
  '-fstack-protector-strong',
  '-fPIE',
  '-pie',
  '-Wl,-z,relro,-z,now',
];

if (process.platform !== 'linux') console.log('The launcher of child processes is for Linux: not built.');
else {
  mkdirSync(dirname(launcherPath), { recursive: true });
  const compiler = process.env['CC'] ?? 'cc';
  const options = ['-std=c17', ...warnings, ...hardening, '-o', launcherPath];
  const { error, status } = spawnSync(compiler, [...options, ...sources.map((name) => join(folder, name))], {
    stdio: 'inherit',
  });
  if (error)
    console.log(`No C compiler (${compiler}): child processes will be isolated less. See SECURITY.md.`);
  else process.exitCode = status ?? 1;
}
