import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type ChildProgram, confinedFork, type IsolationSettings } from './confinedFork.js';
import type { ProbeRequest, Reach } from './probeChild.js';

const deadlineMs = 60_000;

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
  server.unref();
  const child = confinedFork({ ...program, entry: new URL('./probeChild.js', import.meta.url) }, isolation);
  try {
    const request: ProbeRequest = { paths, port: (server.address() as AddressInfo).port };
    // A failed send means that it is gone: the exit says so.
    child.send(request, () => {});
    const answered = once(child, 'message') as Promise<[Reach]>;
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`The probe ended with ${code ?? signal} before it answered.`);
    });
    const late = delay(deadlineMs, undefined, { ref: false }).then(() => {
      throw new Error('The probe did not answer in time.');
    });
    const [found] = await Promise.race([answered, ended, late]);
    return found;
  } finally {
    child.kill('SIGKILL');
    server.close();
  }
}
