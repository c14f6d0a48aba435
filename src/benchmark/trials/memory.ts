import { FacematchError } from '../../errors.js';
import { withSeededService } from '../seededService.js';
import { rounded } from '../statistics.js';
import type { Row, Trial, TrialResult } from '../trial.js';

export interface MemoryPlan {
  readonly documents: number;
  readonly comparisons: number;
  /** Comparisons between two looks. */
  readonly every: number;
}

const fullPlan: MemoryPlan = { documents: 1000, comparisons: 10_000, every: 1000 };
const concurrency = 8;

export const memoryTrial: Trial = {
  name: 'memory',
  what: 'resident memory while comparisons go on',
  slow: true,
  run: ({ photos }, progress) => measureMemory(fullPlan, photos, progress),
};

export function measureMemory(
  { documents, comparisons, every }: MemoryPlan,
  photos: string | undefined,
  progress: (done: number, total: number) => void,
): Promise<TrialResult> {
  return withSeededService({ documents, photos }, async ({ client, served }) => {
    const rows: Row[] = [];
    const totals: number[] = [];
    for (let done = 0; done < comparisons; done += every) {
      // Every lane that has begun when the number is reached still ends its comparison.
      await client.run(concurrency, (answered) => answered > every - concurrency);
      const figures = served.figures();
      if (figures === undefined)
        throw new FacematchError('internal', 'Memory is read from /proc, which is not here.');
      const { residentBytes: service, childrenResidentBytes: children } = figures;
      totals.push(service + children);
      rows.push({
        name: `after ${(done + every).toLocaleString('en')}`,
        values: {
          'service MB': megabytes(service),
          'children MB': megabytes(children),
          'together MB': megabytes(service + children),
        },
      });
      progress(done + every, comparisons);
    }
    const [first = 0] = totals;
    const last = totals.at(-1) ?? 0;
    return {
      rows,
      notes: [
        `From the first look to the last: ${rounded((last - first) / 2 ** 20)} MB. A child that passes FACEMATCH_WORKER_MEMORY_MB is replaced.`,
      ],
    };
  });
}

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
