import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const module = new URL('../src/lastResort.js', import.meta.url).href;
const secret = 'SECRET4711marker';

function fail(how: string) {
  const script = `
    import { pino } from 'pino';
    import { endAtUnforeseen } from ${JSON.stringify(module)};
    endAtUnforeseen(pino(), () => Promise.resolve());
    function whereItWasThrown() { throw new TypeError('${secret}'); }
    ${how}
    setInterval(() => {}, 1000);`;
  const args = ['--input-type=module', '--eval', script];
  return spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 60_000,
    cwd: new URL('.', import.meta.url),
  });
}

for (const [what, how, origin] of [
  ['an exception in a timer', 'setTimeout(whereItWasThrown, 1);', 'uncaughtException'],
  ['a rejection that nobody took', 'Promise.resolve().then(whereItWasThrown);', 'unhandledRejection'],
] as const) {
  test(`${what} ends the process, and is logged without its message`, () => {
    const { status, stdout, stderr } = fail(how);
    assert.equal(status, 70, stderr);
    const line = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual([line['event'], line['origin'], line['kind']], ['crashed', origin, 'TypeError']);
    assert.match(JSON.stringify(line['frames']), /whereItWasThrown/);
    assert.ok(!(stdout + stderr).includes(secret));
  });
}
