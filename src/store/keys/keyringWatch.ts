import { invalidKeyring } from '../keyring.js';
import type { Month } from '../month.js';

/** Milliseconds between two looks at a keyring that other processes change. */
export const watchIntervalMs = 400;

export interface KeyringLook {
  readonly generation: number;
  /** Every month that has a key, `held` too. */
  readonly months: ReadonlySet<Month>;
}

/**
 * Looks at a shared keyring a few times a second, so that what other processes destroyed leaves this one's memory, and
 * so that a keyring that went back to an older state, as after a failover that lost commits, is used no further.
 */
export class KeyringWatch {
  readonly #timer: NodeJS.Timeout;
  #highest: number;
  #setBack: number | undefined;
  #looking: Promise<void> | undefined;

  /**
   * @param look throws when the keyring cannot be reached; the next look then tells.
   * @param seen told what is there after each look.
   */
  constructor(
    highest: number,
    private readonly look: () => Promise<KeyringLook>,
    private readonly seen: (months: ReadonlySet<Month>) => void,
  ) {
    this.#highest = highest;
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
    }, watchIntervalMs);
    this.#timer.unref();
  }

  /** @param generation what a change or an answer of the keyring said. */
  note(generation: number): void {
    this.#highest = Math.max(this.#highest, generation);
  }

  /** @throws FacematchError `keyring-invalid` once the keyring was seen to have gone back. */
  require(): void {
    if (this.#setBack === undefined) return;
    throw invalidKeyring('The keyring went back to an older state: it lost keys that are in use.', {
      generation: this.#setBack,
      expected: this.#highest,
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const floor = this.#highest;
    try {
      const { generation, months } = await this.look();
      if (generation < floor) this.#setBack = generation;
      this.note(generation);
      this.seen(months);
    } catch {
      // Away for now: whoever uses the keyring is told, and the next look tells more.
    }
  }
}
