import { FacematchError, isFacematchError } from '../../errors.js';
import type { Mode } from '../../oversight/mode.js';
import type { OpenedSearch, RunBy, SearchRun, SearchTurn } from '../../store/store.js';
import { requireEnabled, requireOpenInquiry } from './allowed.js';
import { Keeping } from './keeping.js';
import { type Found, type RunParts, runSearch } from './run.js';

export interface TurnParts extends RunParts {
  /** @throws FacematchError `suspended` */
  readonly requireRunning: () => Promise<Exclude<Mode, 'suspended'>>;
  /** Told of what failed beside the search, or in no way that has a code. */
  readonly failed: (error: unknown) => void;
}

/** One that was cut off so often without having been put down is not tried again. */
export const mostCutOff = 3;

/** What a search can do nothing about: it is tried again. */
const away = ['store-unavailable', 'storage-full'] as const;
const isAway = (error: unknown) => away.some((code) => isFacematchError(error, code));

/**
 * Runs an approved search from its beginning, or a sweep from where it was cut off, and ends it, unless the signal aborts:
 * then it is put down for whoever takes it next.
 *
 * @throws FacematchError `store-unavailable`, `storage-full`, `search-failed` where it is to be tried again
 */
export async function takeTurn(parts: TurnParts, turn: SearchTurn, signal: AbortSignal): Promise<void> {
  const { store } = parts;
  const work = new Turn(parts, turn);
  try {
    const search = await store.searches.get(turn.id);
    work.by = actOf(search);
    work.kind = search.kind;
    if (turn.cutOff >= mostCutOff) {
      throw new FacematchError('search-failed', 'The search was cut off too often.', { times: turn.cutOff });
    }
    await work.end(await work.run(search, signal));
  } catch (error) {
    if (work.overtaken.signal.aborted) return;
    await work.over(error, signal.aborted).catch((failure: unknown) => {
      // It was destroyed, or somebody else ended it.
      if (!isFacematchError(failure, 'search-closed') && !isFacematchError(failure, 'not-found'))
        throw failure;
    });
  }
}

/** An earlier version kept no more than who approved it. */
const actOf = ({ decision }: OpenedSearch): RunBy =>
  decision?.by ?? { client: 'service', actor: decision?.person ?? 'service' };

class Turn {
  by: RunBy = { client: 'service', actor: 'service' };
  kind: OpenedSearch['kind'] | undefined;
  readonly overtaken = new AbortController();
  #run: SearchRun;
  #begun = false;
  #keeping: Keeping | undefined;

  constructor(
    readonly parts: TurnParts,
    readonly turn: SearchTurn,
  ) {
    this.#run = { id: turn.id, start: turn.starts };
  }

  async run(search: OpenedSearch, signal: AbortSignal): Promise<Found> {
    const { parts, turn } = this;
    const { store, clock, settings } = parts;
    requireEnabled(settings, search.kind);
    await requireOpenInquiry(store, search, clock().toISOString());
    const mode = await parts.requireRunning();
    try {
      return await runSearch(parts, search, {
        started: async (against, resumed) => {
          const { documents, model, lastDocument } = against;
          const begunBy = search.store?.model;
          const facts = {
            ...{ kind: search.kind, documents, model, upTo: lastDocument, try: turn.starts + 1 },
            ...(resumed && { resumedAfter: resumed.upTo, compared: resumed.compared }),
            ...(begunBy !== undefined && begunBy !== model && { modelBefore: begunBy }),
          };
          const audit = { ...this.by, action: 'search.start', outcome: mode, facts };
          const startedAt = clock().toISOString();
          this.#run = await store.searchWork.start(turn, { ...against, startedAt, mode }, audit);
          this.#begun = true;
          this.#keeping = new Keeping(store, this.#run, {
            overtaken: () => this.overtaken.abort(),
            failed: parts.failed,
          });
        },
        progress: (done) => this.#keeping?.progress(done),
        checkpoint: (checkpoint) => this.#keeping?.checkpoint(checkpoint),
        signal: AbortSignal.any([signal, this.overtaken.signal]),
      });
    } finally {
      await this.#keeping?.close();
    }
  }

  end(found: Found | undefined, error?: string): Promise<void> {
    const { kind } = this;
    const { store, clock } = this.parts;
    return store.searchWork.end(this.#run, {
      endedAt: clock().toISOString(),
      compared: found?.compared,
      reached: found?.reached ?? 0,
      findings: found?.findings ?? [],
      error,
      audit: {
        ...this.by,
        action: 'search.run',
        outcome: error ?? 'done',
        facts: {
          ...(kind && { kind }),
          ...(found && { compared: found.compared, found: found.findings.length }),
        },
      },
    });
  }

  /** It is put down where it was told to stop, or may be tried again; else it failed. */
  async over(error: unknown, stopped: boolean): Promise<void> {
    if (stopped) return this.#begun ? this.#stop('stopped', true) : undefined;
    if (!this.#begun && isAway(error)) throw error;
    const code = isFacematchError(error) ? error.code : 'internal';
    const died = isFacematchError(error, 'search-failed');
    if (this.#begun && (died || isAway(error)) && this.turn.cutOff + 1 < mostCutOff) {
      await this.#stop(code, false);
      throw error;
    }
    await this.end(undefined, code);
    if (code === 'internal') this.parts.failed(error);
  }

  #stop(outcome: string, inOrder: boolean): Promise<void> {
    const audit = { ...this.by, action: 'search.stop', outcome, facts: { try: this.#run.start } };
    return this.parts.store.searchWork.stop(this.#run, inOrder, audit);
  }
}
