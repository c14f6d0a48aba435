import { isFacematchError } from '../../errors.js';
import { openPipeline } from '../open.js';
import type { Pipeline } from '../pipeline.js';
import type { AcceptedImage, FaceOutcome } from '../types.js';
import type {
  ErrorReport,
  FromChild,
  Job,
  JobResult,
  SentResult,
  StartMessage,
  ToChild,
  WorkMessage,
} from './messages.js';
import { residentBytes } from './resident.js';

// The program of a child process. It lives as long as the channel to its parent, and nothing else ends it:
// a terminal's Ctrl-C reaches the whole process group while the parent still waits for answers.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

let pipeline: Pipeline | undefined;
let lastSign = 0;

process.on('message', (message: ToChild) => {
  if (message.type === 'start') void start(message);
  else void work(message);
});

async function start({ settings }: StartMessage): Promise<void> {
  try {
    pipeline = await openPipeline(settings);
    await pipeline.warmUp();
    send({ type: 'ready', model: pipeline.model });
  } catch (error) {
    send({ type: 'failed', error: report(error) });
  }
}

async function work({ jobs }: WorkMessage): Promise<void> {
  lastSign = performance.now();
  const ahead = new Set<Job>();
  const goAhead = (job: Job, image: AcceptedImage) => {
    if (job.kind !== 'read' || !job.ahead || ahead.has(job)) return;
    ahead.add(job);
    send({ type: 'accepted', place: jobs.indexOf(job), image });
  };
  const results = await runAll(jobs, goAhead);
  send({
    type: 'done',
    results: results.map((result, i) => (ahead.has(jobs[i] as Job) ? rest(result) : result)),
    rss: residentBytes(),
  });
}

type GoAhead = (job: Job, image: AcceptedImage) => void;

/** Without the image, which went ahead. */
function rest(result: JobResult): SentResult {
  if (result.kind !== 'read' || result.outcome.kind === 'refused') return result;
  const { image: _, ...outcome } = result.outcome;
  return { kind: 'rest', outcome };
}

async function runAll(jobs: readonly Job[], goAhead: GoAhead): Promise<JobResult[]> {
  const reads = jobs.filter(({ kind }) => kind === 'read');
  const outcomes = (await readAll(reads, goAhead)).values();
  const results: JobResult[] = [];
  for (const job of jobs)
    results.push(job.kind === 'read' ? (outcomes.next().value ?? lost) : await decodeOnly(job));
  return results;
}

const lost: JobResult = {
  kind: 'error',
  error: { code: 'internal', message: 'A result is missing.', facts: {} },
};

async function readAll(jobs: readonly Job[], goAhead: GoAhead): Promise<JobResult[]> {
  if (jobs.length === 0) return [];
  try {
    const outcomes = await opened().read(
      jobs.map(({ image }) => image),
      { onProgress: signOfLife, onAccepted: (i, image) => goAhead(jobs[i] as Job, image) },
    );
    return outcomes.map((outcome: FaceOutcome) => ({ kind: 'read', outcome }));
  } catch (error) {
    const [only] = jobs;
    if (jobs.length === 1 && only !== undefined) return [{ kind: 'error', error: report(error) }];
    // One photo's failure is not its neighbours': each once more, alone.
    const alone: JobResult[] = [];
    for (const job of jobs) alone.push(...(await readAll([job], goAhead)));
    return alone;
  }
}

async function decodeOnly(job: Job): Promise<JobResult> {
  try {
    return job.kind === 'show'
      ? { kind: 'show', outcome: await opened().show(job.image, job.words) }
      : { kind: 'accept', outcome: await opened().accept(job.image) };
  } catch (error) {
    return { kind: 'error', error: report(error) };
  }
}

/** Says that this child has not hung. A quick batch sends none. */
function signOfLife(): void {
  const now = performance.now();
  if (now - lastSign < 250) return;
  lastSign = now;
  send({ type: 'alive' });
}

function opened(): Pipeline {
  if (pipeline === undefined) throw new Error('Work came before the start.');
  return pipeline;
}

function send(message: FromChild): void {
  process.send?.(message);
}

function report(error: unknown): ErrorReport {
  if (isFacematchError(error)) return { code: error.code, message: error.message, facts: error.facts };
  // A library's message can quote what it was given.
  return {
    code: 'internal',
    message: 'The process that reads photos met an unexpected error.',
    facts: { error: error instanceof Error ? error.name : typeof error },
  };
}
