import type { Embedded } from './embedKept.js';

/** What a run made. */
export interface Made {
  readonly embedded: number;
  readonly withoutFace: number;
  readonly unread: number;
}

const anHour = 60 * 60 * 1000;

/** What was made and not told yet: told after each hour of a long run, and at its end. */
export class Tally {
  readonly #tell: (made: Made) => Promise<void>;
  #made = { embedded: 0, withoutFace: 0, unread: 0 };
  #since = performance.now();

  constructor(tell: (made: Made) => Promise<void>) {
    this.#tell = tell;
  }

  async add({ kind }: Embedded): Promise<void> {
    if (kind !== 'gone' && kind !== 'stopped') this.#made[kind]++;
    if (performance.now() - this.#since > anHour) await this.tell();
  }

  async tell(): Promise<void> {
    const made = this.#made;
    this.#made = { embedded: 0, withoutFace: 0, unread: 0 };
    this.#since = performance.now();
    if (made.embedded + made.withoutFace + made.unread > 0) await this.#tell(made);
  }
}
