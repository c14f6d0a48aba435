import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../src/config.js';
import { childPrograms } from '../../src/isolation/children.js';
import type { Reach } from '../../src/isolation/probeChild.js';

export const programs = childPrograms(loadConfig({}));
export const linux = { skip: process.platform !== 'linux' };

/** Files as a service has them, each with something to read. */
export function secretFiles(t: TestContext): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'isolation-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return ['facematch.db', 'facematch.db-wal', 'keyring.db', 'master-key', 'token-key.json'].map((name) => {
    const path = join(folder, name);
    writeFileSync(path, 'secret');
    return path;
  });
}

/** What the same probe reaches when nothing confines it: shows that it would find what there is. */
export async function unconfinedReach(paths: readonly string[]): Promise<Reach> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const entry = new URL('../../src/isolation/probeChild.js', import.meta.url);
  const child = fork(fileURLToPath(entry), [], { serialization: 'advanced' });
  child.send({ paths, port: (server.address() as { port: number }).port });
  const [reach] = (await once(child, 'message')) as [Reach];
  child.kill();
  server.close();
  return reach;
}
