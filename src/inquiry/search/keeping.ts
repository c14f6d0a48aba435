import { isFacematchError } from '../../errors.js';
import type { SearchRun, Store, SweepCheckpoint } from '../../store/store.js';

/** Between two writes of nothing but progress. */
const progressMs = 3_000;

interface Kept {
  readonly done: number;
  readonly checkpoint: SweepCheckpoint | undefined;
}

/**
 * Keeps in the store how far a search has come: one write at a time, the newest state after it. The search does not
 * wait for it, and goes on where a write fails: then less is kept.
 */
export class Keeping {
  #next: Kept | undefined;
  #done = 0;
  #writing: Promise<void> | undefined;
  #wrote = performance.now();
  #closed = false;

  /** @param told `overtaken`: the search ended, is gone, or somebody else began it; `failed`: a write did */
  constructor(
    readonly store: Pick<Store, 'searchWork'>,
    readonly run: SearchRun,
    readonly told: { overtaken(): void; failed(error: unknown): void },
  ) {}

  /** @param done 0 to 1 */
  progress(done: number): void {
    this.#done = done;
    if (performance.now() - this.#wrote >= progressMs) this.#keep(this.#next?.checkpoint);
  }

  checkpoint(checkpoint: SweepCheckpoint): void {
    this.#keep(checkpoint);
  }

  /** Writes nothing more; resolves when the write at hand is over. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
  }

  #keep(checkpoint: SweepCheckpoint | undefined): void {
    if (this.#closed) return;
    this.#wrote = performance.now();
    this.#next = { done: this.#done, checkpoint };
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      try {
        await this.store.searchWork.keep(this.run, next.done, next.checkpoint);
      } catch (error) {
        if (isFacematchError(error, 'search-closed') || isFacematchError(error, 'not-found')) {
          this.#closed = true;
          this.told.overtaken();
        } else this.told.failed(error);
      }
    }
  }

  #take(): Kept | undefined {
    const next = this.#closed ? undefined : this.#next;
    this.#next = undefined;
    return next;
  }
}
