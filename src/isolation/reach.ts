import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type ChildProgram, confinedFork, type IsolationSettings } from './confinedFork.js';
import type { ProbeRequest, Reach } from './probeChild.js';

/**
 * Starts the probe as the given child is started, in the place of its own program.
 *
 * @param paths files that it tries to read and to write
 * @throws FacematchError `isolation-missing`
 */
export async function reachOf(
  program: ChildProgram,
  isolation: IsolationSettings,
  paths: readonly string[],
): Promise<Reach> {
  const server = createServer((socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const child = confinedFork({ ...program, entry: new URL('./probeChild.js', import.meta.url) }, isolation);
  try {
    const request: ProbeRequest = { paths, port: (server.address() as AddressInfo).port };
    child.send(request);
    const answered = once(child, 'message') as Promise<[Reach]>;
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`The probe ended with ${code ?? signal} before it answered.`);
    });
    const [found] = await Promise.race([answered, ended]);
    return found;
  } finally {
    child.kill('SIGKILL');
    server.close();
  }
}
