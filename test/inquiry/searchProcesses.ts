import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Processes of searches that this process started; undefined where the system has no /proc. */
export function searchChildren(parent: number = process.pid): number[] | undefined {
  if (!existsSync('/proc/self/stat')) return undefined;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const of = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
        return of === parent && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('search/child.js');
      } catch {
        return false;
      }
    });
}

/** The first process of a search that one of these starts. */
export async function searchChildOf(
  parents: readonly number[],
): Promise<{ readonly parent: number; readonly child: number }> {
  for (let tries = 0; tries < 30_000; tries++) {
    for (const parent of parents) {
      const [child] = searchChildren(parent) ?? [];
      if (child !== undefined) return { parent, child };
    }
    await sleep(1);
  }
  throw new Error('No process of a search was seen.');
}

/** Kills a process of a search; resolves when it is gone. */
export async function killChild({ parent, child }: { readonly parent: number; readonly child: number }) {
  try {
    process.kill(child, 'SIGKILL');
  } catch {
    // It was over.
  }
  while (searchChildren(parent)?.includes(child)) await sleep(1);
}

/**
 * A search whose process was stopped in the middle and stays so until it is killed or continued: one that was over before
 * that is followed by another.
 *
 * @param approve has one begun; its id
 */
export async function frozenSearch(
  approve: () => Promise<string>,
  isRunning: (searchId: string) => Promise<boolean>,
): Promise<{ readonly searchId: string; readonly child: number }> {
  for (let tries = 0; tries < 20; tries++) {
    const stopping = searchChildOf([process.pid]).then((seen) => {
      process.kill(seen.child, 'SIGSTOP');
      return seen;
    });
    const searchId = await approve();
    const { parent, child } = await stopping;
    if (await isRunning(searchId)) return { searchId, child };
    await killChild({ parent, child });
  }
  throw new Error('Every search was over before its process was stopped.');
}
