import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Finding {
  /** The door, or the operation. */
  readonly where: string;
  /** What is wrong: equal for all tries that show the same fault. */
  readonly what: string;
  /** One try, so that a person understands it. */
  readonly example: string;
  readonly times: number;
  /** Where the input is kept. */
  readonly file: string | undefined;
}

/** Faults met, each once, with the input that shows it written to a folder. */
export class Findings {
  readonly #found = new Map<string, Finding>();

  constructor(private readonly folder: string) {}

  has(where: string, what: string): boolean {
    return this.#found.has(`${where} ${what}`);
  }

  add(where: string, what: string, example: string, input?: Uint8Array): void {
    const key = `${where} ${what}`;
    const known = this.#found.get(key);
    if (known !== undefined) {
      this.#found.set(key, { ...known, times: known.times + 1 });
      return;
    }
    this.#found.set(key, { where, what, example, times: 1, file: input && this.#keep(input) });
  }

  get all(): readonly Finding[] {
    return [...this.#found.values()];
  }

  #keep(input: Uint8Array): string {
    mkdirSync(this.folder, { recursive: true });
    const file = join(this.folder, createHash('sha256').update(input).digest('hex').slice(0, 16));
    writeFileSync(file, input);
    return file;
  }
}
