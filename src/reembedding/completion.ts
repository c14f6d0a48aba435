import type { Clock } from '../clock.js';
import type { ErrorCode } from '../errors.js';
import type { FacePool } from '../face/pool/face-pool.js';
import { idsFrom } from '../ids.js';
import { embedAll, type KeptPhotos } from './embedKept.js';
import { onceASecond } from './onceASecond.js';
import { stretches } from './stretches.js';
import { type Made, Tally } from './tally.js';
import { unlessAborted } from './unlessAborted.js';

/** How things stand with a set, as of the last look. */
export interface SetFigures {
  readonly documents: number;
  /** Whose photo the model has seen. */
  readonly covered: number;
  /** Whose photo could not be read for it. */
  readonly unread: number;
}

export interface CompletionParts {
  /** `id@version` of the model whose set is completed. */
  readonly model: string;
  readonly kept: KeptPhotos;
  /** Asked for only while there is something to embed, and closed after it. */
  readonly openPool: () => Promise<FacePool>;
  /** Waits until the next photo may be taken. */
  readonly turn: () => Promise<void>;
  /** Whether somebody else is to have the sets now. */
  readonly makeWay: () => Promise<boolean>;
  readonly figures: (figures: SetFigures) => void;
  /** Told before anything is made. */
  readonly started: (left: number) => Promise<void>;
  /** Told of each photo that could not be read. */
  readonly unread: (code: ErrorCode) => void;
  /** Told what was made since it was told last: after each hour of a long run, and at its end. */
  readonly made: (made: Made) => Promise<void>;
  /** The one that unread photos are noted by. */
  readonly clock: Clock;
  /** Milliseconds since 1970, of the machine: the one that ids are made by. */
  readonly now: () => number;
}

const anHour = 60 * 60 * 1000;
/** How often all documents are looked at: between, those that came since. */
const lookAtAllMs = 24 * anHour;
/** After that a photo that could not be read is tried again: less than a day, so that each look at all tries it. */
const unreadMs = 20 * anHour;
/** Documents that others wrote while the last look was under way, or by a clock that is behind. */
const marginMs = anHour;
/** One is read while another one is fetched or kept. */
const inFlight = 2;

/** What a look found, and what of it is left. */
interface Found {
  /** To be embedded now. */
  missing: number;
  /** Where they begin: the id before the stretch of the first. */
  before: string;
  /** Not seen by the model, those included that are not tried now. */
  left: number;
  readonly unread: Set<string>;
}

/** Completes the set of one model, look by look. */
export class Completion {
  readonly #parts: CompletionParts;
  /** When the last look began that came to its end: at all, and at any. */
  #allAt = Number.NEGATIVE_INFINITY;
  #lookedAt = 0;
  #documents = 0;
  #last = '';

  constructor(parts: CompletionParts) {
    this.#parts = parts;
  }

  /**
   * Looks what the model has not seen, and embeds it.
   *
   * @returns what is left and why, undefined where nothing was to be done.
   * @throws FacematchError what {@link embedAll} throws, and why no child process starts
   */
  async run(signal: AbortSignal): Promise<'complete' | 'stopped' | 'gave-way' | undefined> {
    const { clock, now } = this.#parts;
    const startedAt = now();
    const all = startedAt - this.#allAt >= lookAtAllMs;
    const from = all ? '' : idsFrom(this.#lookedAt - marginMs);
    const triedBefore = new Date(clock().getTime() - unreadMs).toISOString();
    const survey = await this.#survey(from, triedBefore, all, signal);
    if (survey === undefined) return signal.aborted ? 'stopped' : 'gave-way';
    if (survey.missing > 0) {
      const ended = await this.#embed(survey, triedBefore, signal);
      if (ended !== 'complete') return ended;
    }
    if (all) this.#allAt = startedAt;
    this.#lookedAt = startedAt;
    return all || survey.missing > 0 ? 'complete' : undefined;
  }

  async #survey(
    from: string,
    triedBefore: string,
    all: boolean,
    signal: AbortSignal,
  ): Promise<Found | undefined> {
    const { kept, model, figures } = this.#parts;
    const found: Found = { missing: 0, before: from, left: 0, unread: new Set() };
    if (all) [this.#documents, this.#last] = [0, ''];
    let before = from;
    const wanted = onceASecond(this.#parts.makeWay);
    for await (const documents of stretches(kept.embeddingSurvey, { model, from, triedBefore })) {
      if (signal.aborted || (await wanted())) return undefined;
      const missing = documents.filter((document) => document.missing).length;
      if (found.missing === 0 && missing > 0) found.before = before;
      found.missing += missing;
      this.#documents += documents.filter(({ id }) => id > this.#last).length;
      before = documents.at(-1)?.id ?? before;
      if (before > this.#last) this.#last = before;
    }
    const unread = await kept.embeddingSurvey.unread(model);
    for (const { id } of unread) found.unread.add(id);
    // Those that are tried again now were counted.
    found.left = found.missing + unread.filter(({ id, at }) => at >= triedBefore || id <= from).length;
    figures(this.#figuresOf(found));
    return found;
  }

  #figuresOf({ left, unread }: Found): SetFigures {
    return { documents: this.#documents, covered: this.#documents - left, unread: unread.size };
  }

  async #embed(
    survey: Found,
    triedBefore: string,
    signal: AbortSignal,
  ): Promise<'complete' | 'stopped' | 'gave-way'> {
    const { kept, openPool, started, figures } = this.#parts;
    await started(survey.missing);
    const opening = openPool();
    const faces = await unlessAborted(opening, signal);
    if (faces === undefined) {
      // Nobody waits for a child that is just starting.
      opening.then(
        (pool) => pool.close(),
        () => undefined,
      );
      return 'stopped';
    }
    // The photo at hand is finished or, if that takes long, given up: it is for the next run.
    const stop = () => void faces.close();
    signal.addEventListener('abort', stop, { once: true });
    const tally = new Tally(this.#parts.made);
    const way = { given: false };
    try {
      await embedAll({
        kept,
        faces,
        ids: this.#missing(survey, triedBefore, signal, way),
        inFlight,
        signal,
        each: async (id, embedded) => {
          if (embedded.kind === 'unread') {
            survey.unread.add(id);
            this.#parts.unread(embedded.code);
          } else {
            survey.unread.delete(id);
            survey.left--;
          }
          if (embedded.kind === 'gone') this.#documents--;
          figures(this.#figuresOf(survey));
          await tally.add(embedded);
        },
      });
    } finally {
      signal.removeEventListener('abort', stop);
      await faces.close();
      await tally.tell();
    }
    if (signal.aborted) return 'stopped';
    return way.given ? 'gave-way' : 'complete';
  }

  /** One that came since the survey. */
  #count(id: string, missing: boolean, survey: Found): void {
    if (id <= this.#last) return;
    this.#last = id;
    this.#documents++;
    if (missing) survey.left++;
  }

  async *#missing(
    survey: Found,
    triedBefore: string,
    signal: AbortSignal,
    way: { given: boolean },
  ): AsyncGenerator<string, void, undefined> {
    const { kept, model, makeWay, turn } = this.#parts;
    const { before: from } = survey;
    const wanted = onceASecond(makeWay);
    for await (const documents of stretches(kept.embeddingSurvey, { model, from, triedBefore })) {
      for (const { id, missing } of documents) {
        this.#count(id, missing, survey);
        way.given = await wanted();
        if (way.given) return;
        if (!missing) continue;
        await turn();
        if (signal.aborted) return;
        yield id;
      }
    }
  }
}
