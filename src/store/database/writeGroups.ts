import type { Kysely, Transaction } from 'kysely';
import { FacematchError } from '../../errors.js';
import { putOffSteps } from '../database.js';
import type { Schema } from '../schema.js';
import { isFailedWork } from './postgresFailures.js';
import { lockTrail, lockWriters } from './postgresLocks.js';
import { together } from './together.js';

/** Works that share a transaction at most: each waits for all of them. */
const mostTogether = 16;
/** Works that wait for a transaction at most: some seconds' worth, whoever asks; each holds what it is to write. */
const mostWaiting = 1_000;

interface Member {
  readonly subjects: readonly Uint8Array[];
  run(trx: Transaction<Schema>): Promise<void>;
  begun(): void;
  failed(error: unknown): void;
  /** Tells whoever waits; once the group is durable or given up. */
  settle(): void;
  /** Ends its wait for a transaction; none where it need not wait or may wait for ever. */
  patience?: NodeJS.Timeout;
}

/**
 * Works that may run beside each other. While few come each has a transaction of its own; those that come while one is
 * under way share the next one, and with it the wait for the end of the trail and for the disk: they run in it side by
 * side, and none resolves before all are durable. Where one of them fails each runs again in a transaction of its own,
 * so that it succeeds or fails alone. Several transactions at once would only wait for one another at the trail.
 */
export class WriteGroups {
  readonly #kysely: Kysely<Schema>;
  readonly #waitMs: number | undefined;
  #waiting: Member[] = [];
  #running = false;

  /** @param waitMs how long a work waits for its transaction to begin; as long as it takes unless given. */
  constructor(kysely: Kysely<Schema>, waitMs: number | undefined) {
    this.#kysely = kysely;
    this.#waitMs = waitMs;
  }

  /**
   * @param begun called when its transaction began.
   * @throws FacematchError `store-unavailable` where as many wait as may, or its transaction did not begin in time.
   */
  add<T>(
    work: (trx: Transaction<Schema>) => Promise<T>,
    subjects: readonly Uint8Array[],
    begun: () => void,
  ): Promise<T> {
    if (this.#waiting.length >= mostWaiting) {
      return Promise.reject(
        new FacematchError('store-unavailable', 'As many writes as allowed are waiting.'),
      );
    }
    return new Promise<T>((resolve, reject) => {
      let settle = (): void => {};
      const member: Member = {
        subjects,
        begun,
        run: async (trx) => {
          const result = await work(trx);
          settle = () => resolve(result);
        },
        failed: (error) => {
          settle = () => reject(error);
        },
        settle: () => settle(),
      };
      this.#waiting.push(member);
      this.#next();
      if (this.#waitMs === undefined || this.#waiting.at(-1) !== member) return;
      member.patience = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== member);
        reject(new FacematchError('store-unavailable', 'The store did not come to this write in time.'));
      }, this.#waitMs);
    });
  }

  #next(): void {
    if (this.#running || this.#waiting.length === 0) return;
    this.#running = true;
    void this.#commit(this.#takeGroup()).then(() => {
      this.#running = false;
      this.#next();
    });
  }

  /** Of those that wait, in their order, works of which no two write by the same: what one puts off the other would miss. */
  #takeGroup(): readonly Member[] {
    const taken: Member[] = [];
    const left: Member[] = [];
    const subjects = new Set<string>();
    for (const member of this.#waiting) {
      const own = member.subjects.map((subject) => Buffer.from(subject).toString('base64'));
      if (taken.length < mostTogether && !own.some((subject) => subjects.has(subject))) taken.push(member);
      else left.push(member);
      // One that has to wait is not overtaken by a later one of the same subject.
      for (const subject of own) subjects.add(subject);
    }
    this.#waiting = left;
    for (const { patience } of taken) clearTimeout(patience);
    return taken;
  }

  /** Never rejects: what goes wrong is each member's own. */
  async #commit(group: readonly Member[]): Promise<void> {
    try {
      // Each statement sees what is committed: after a wait for a lock, what those who held it wrote.
      await this.#kysely
        .transaction()
        .setIsolationLevel('read committed')
        .execute((trx) => runGroup(trx, group));
    } catch (error) {
      if (group.length > 1 && isFailedWork(error)) {
        for (const member of group) await this.#commit([member]);
        return;
      }
      for (const member of group) member.failed(error);
    }
    for (const member of group) member.settle();
  }
}

async function runGroup(trx: Transaction<Schema>, group: readonly Member[]): Promise<void> {
  await lockWriters(group.flatMap(({ subjects }) => subjects)).execute(trx);
  for (const member of group) member.begun();
  const steps = putOffSteps(trx);
  await allOf(group.map((member) => member.run(trx)));
  if (steps.length > 0) await lockTrail().execute(trx);
  for (const step of steps) await together(trx, await step());
}

/** Waits for every one; of several failures it throws one that is everybody's, where there is one. */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
  const failures = (await Promise.allSettled(works)).flatMap((one) =>
    one.status === 'rejected' ? [one.reason as unknown] : [],
  );
  if (failures.length > 0) throw failures.find((failure) => !isFailedWork(failure)) ?? failures[0];
}
