import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Resolves once it holds, however busy the machine is; where it never does, the test fails and says what it waited for.
 */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > end) assert.fail(`never: ${what}`);
    await sleep(5);
  }
}
