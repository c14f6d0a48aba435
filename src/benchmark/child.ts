import type { TrialMessage } from './run.js';
import type { TrialOptions } from './trial.js';
import { trials } from './trials.js';

/** The process of one trial: `child.js NAME OPTIONS`, answers over its channel to the parent. */
const [name, options] = process.argv.slice(2) as [string, string];
const send = (message: TrialMessage): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(message, () => resolve());
  });

try {
  const trial = trials.find((candidate) => candidate.name === name);
  if (trial === undefined) throw new Error('there is no such trial');
  const result = await trial.run(JSON.parse(options) as TrialOptions, (done, total) => {
    void send({ type: 'progress', done, total });
  });
  await send({ type: 'result', result });
  process.exit(0);
} catch (error) {
  await send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
