import { setTimeout as sleep } from 'node:timers/promises';
import { Budget } from '../budget.js';
import { FacematchError, isFacematchError } from '../errors.js';
import type { UntrustedImage } from '../face/types.js';
import { type Caller, partyOf } from '../oversight/caller.js';
import type { ComparisonAnswer } from './answer.js';
import type { Comparisons } from './comparison.js';

export interface BatchItem {
  /** Place in the batch, from 0. */
  readonly index: number;
  /** What to compare (the application is parsed JSON, not yet validated), or why it cannot be. */
  readonly content:
    | { readonly application: unknown; readonly photo: UntrustedImage }
    | { readonly error: FacematchError };
  /** Called once, when the item's bytes are needed no more. */
  release(): void;
}

export type BatchResult = { readonly index: number } & (
  | { readonly answer: ComparisonAnswer; readonly created: boolean }
  | { readonly error: unknown }
);

export interface BatchRequest {
  readonly caller: Caller;
  /** With it, the item of the same place and content is compared once, however often the batch comes. */
  readonly idempotencyKey?: string | undefined;
  readonly signal: AbortSignal;
}

export interface Batches {
  /**
   * Compares item after item at low priority while later ones still arrive, and answers in their order. What one
   * item fails with is that item's result. Rejects with what `items` throws, once every item begun is finished:
   * comparisons recorded by then stay. Rejects with the signal's reason when it aborts.
   */
  run(items: AsyncIterable<BatchItem>, request: BatchRequest): Promise<readonly BatchResult[]>;
}

export interface BatchOptions {
  /** Items at work at a time, over all batches: enough to fill the pool, few enough to leave its queue to others. */
  readonly inFlight: number;
  /** How long the items of a batch may wait for a busy pool before they fail with `busy`; milliseconds. */
  readonly patienceMs: number;
}

export const batchDefaults: BatchOptions = { inFlight: 16, patienceMs: 25_000 };

export function createBatches(
  comparisons: Pick<Comparisons, 'create'>,
  { inFlight, patienceMs }: BatchOptions = batchDefaults,
): Batches {
  const places = new Budget(inFlight);

  const compare = async (
    item: BatchItem,
    request: BatchRequest,
    patience: AbortSignal,
  ): Promise<BatchResult> => {
    const { index, content } = item;
    try {
      if ('error' in content) return { index, error: content.error };
      const { caller, idempotencyKey } = request;
      const signal = AbortSignal.any([request.signal, patience]);
      const create = () =>
        comparisons.create({
          ...content,
          caller,
          idempotencyKey: idempotencyKey && keyOf(idempotencyKey, index),
          signal,
          priority: 'low',
        });
      const leave = await places.take(1, signal, partyOf(caller));
      try {
        return { index, ...(await whenFree(create, signal)) };
      } finally {
        leave();
      }
    } catch (error) {
      request.signal.throwIfAborted();
      return { index, error: patience.aborted && error === patience.reason ? tooBusy() : error };
    } finally {
      item.release();
    }
  };

  return {
    async run(items, request) {
      const patience = AbortSignal.timeout(patienceMs);
      const results: Promise<BatchResult>[] = [];
      try {
        for await (const item of items) {
          const result = compare(item, request, patience);
          // Whoever fails while later items still arrive is met below.
          result.catch(() => {});
          results.push(result);
        }
      } finally {
        await Promise.allSettled(results);
      }
      return Promise.all(results);
    },
  };
}

/** No key a caller can send holds a NUL, so an item's key is never another request's. */
const keyOf = (key: string, index: number): string => `${key}\0${index}`;

/** Tries again while the pool turns photos away; gives up when the signal aborts. */
async function whenFree<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let pause = 20; ; pause = Math.min(2 * pause, 320)) {
    try {
      return await work();
    } catch (error) {
      if (!isFacematchError(error, 'busy')) throw error;
    }
    await sleep(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

const tooBusy = () =>
  new FacematchError('busy', 'The item waited as long as it may for photos of higher priority.');
