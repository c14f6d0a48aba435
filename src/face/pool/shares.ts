/** How long a party counts as one that sends. */
const activeMs = 1000;

/** Who was let in when, so that a party that got little can be told from those that fill the queue. */
export class Shares {
  /** When each party that sends was last let in, longest ago first. */
  private readonly last = new Map<string, number>();

  /** @param now milliseconds on a monotonic clock */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** A photo of the party was let in. */
  note(party = ''): void {
    this.last.delete(party);
    this.last.set(party, this.now());
    this.forget();
  }

  /**
   * Whether the party gets less than half of what it would if all that send got the same.
   *
   * @param photoMs between two photos that the children read together
   */
  isBehind(party: string | undefined, photoMs: number): boolean {
    this.forget();
    const since = this.last.get(party ?? '');
    return since === undefined || this.now() - since > 2 * this.last.size * photoMs;
  }

  private forget(): void {
    for (const [party, at] of this.last) {
      if (this.now() - at <= activeMs) return;
      this.last.delete(party);
    }
  }
}
