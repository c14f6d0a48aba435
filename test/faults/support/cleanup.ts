import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

type Step = () => Promise<unknown> | unknown;
const steps = new WeakMap<object, Step[]>();

/** Done after the test, the last one asked for first: a process ends before its disk and its folder go. */
export function afterwards(t: TestContext, step: Step): void {
  const known = steps.get(t);
  if (known !== undefined) {
    known.unshift(step);
    return;
  }
  const all = [step];
  steps.set(t, all);
  t.after(async () => {
    for (const each of all)
      await Promise.resolve(each()).catch((error: unknown) => t.diagnostic(String(error)));
  });
}

/** A folder that goes away with the test. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'facematch-faults-'));
  afterwards(t, async () => rmSync(path, { recursive: true, force: true }));
  return path;
}
