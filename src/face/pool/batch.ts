import type { AcceptedImage } from '../types.js';
import { answerTo, ownImage } from './answers.js';
import type { AcceptedMessage, DoneMessage, Job, JobResult } from './messages.js';

/** The image of the job at `place` in the batch. */
export type OnAccepted = (place: number, image: AcceptedImage) => void;

/** Jobs at work, and what their child may say of them: it may have been taken over, so nothing it sends is believed to fit. */
export class Batch {
  private readonly ahead = new Map<number, AcceptedImage>();

  constructor(
    private readonly jobs: readonly Job[],
    private readonly onAccepted: OnAccepted,
  ) {}

  get length(): number {
    return this.jobs.length;
  }

  /** False: malformed, or of a job that is not there, did not ask for it or has it already. */
  accept({ place, image: sent }: AcceptedMessage): boolean {
    const job = Number.isInteger(place) ? this.jobs[place] : undefined;
    if (job?.kind !== 'read' || !job.ahead || this.ahead.has(place)) return false;
    const image = ownImage(sent, job.image);
    if (image === undefined) return false;
    this.ahead.set(place, image);
    this.onAccepted(place, image);
    return true;
  }

  /** Undefined where one of the results is malformed, or there is not one for each job. */
  answers({ results }: DoneMessage): readonly JobResult[] | undefined {
    if (!Array.isArray(results) || results.length !== this.jobs.length) return undefined;
    const answers = this.jobs.map((job, place) => answerTo(job, results[place], this.ahead.get(place)));
    return answers.every((answer) => answer !== undefined) ? answers : undefined;
  }
}
