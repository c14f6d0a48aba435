import { FacematchError, isFacematchError } from '../../errors.js';
import type { Exclusive } from '../../store/database/exclusive.js';
import type { AuditEntry, OpenedSearch } from '../../store/store.js';
import { type Found, type RunParts, runSearch } from './run.js';

/** Who set a search going, as the trail notes it. */
export type RunBy = Pick<AuditEntry, 'client' | 'actor' | 'role' | 'ground'>;

export interface SearchRunner {
  /** Marks what a process that ended left running as failed, with its audit entry. */
  recover(): Promise<void>;
  /** Runs it after those before it; one at a time, as each holds the whole store in memory. */
  run(search: OpenedSearch, by: RunBy, requireRunning: () => Promise<string>): void;
  /** 0 to 1, of one that runs. */
  progress(searchId: string): number | undefined;
  /** Stops what runs and what waits, each with its entry; before the store closes. */
  close(): Promise<void>;
}

const lockOf = ({ id }: OpenedSearch) => `search:${id}`;
const service: RunBy = { client: 'service', actor: 'service' };

/** @param failed told of what could not even be recorded */
export function createSearchRunner(
  parts: RunParts & { readonly exclusive: Exclusive },
  failed: (error: unknown) => void,
): SearchRunner {
  const { store, clock, exclusive } = parts;
  const stopping = new AbortController();
  const progress = new Map<string, number>();
  let last: Promise<void> = Promise.resolve();

  const end = (search: OpenedSearch, by: RunBy, found: Found | undefined, error?: string) =>
    store.searches.end(search.id, {
      endedAt: clock().toISOString(),
      compared: found?.compared,
      reached: found?.reached ?? 0,
      findings: found?.findings ?? [],
      error,
      audit: {
        ...by,
        action: 'search.run',
        outcome: error ?? 'done',
        facts: {
          kind: search.kind,
          ...(found && { compared: found.compared, found: found.findings.length }),
        },
      },
    });

  const carryOut = async (search: OpenedSearch, by: RunBy, requireRunning: () => Promise<string>) => {
    try {
      if (stopping.signal.aborted) throw new FacematchError('search-stopped', 'The search was stopped.');
      const mode = await requireRunning();
      const found = await runSearch(parts, search, {
        started: ({ documents, lastDocument, model }) => {
          const against = { startedAt: clock().toISOString(), mode, model, documents, lastDocument };
          const facts = { kind: search.kind, documents, model, upTo: lastDocument };
          const audit = { ...by, action: 'search.start', outcome: mode, facts };
          return store.searches.start(search.id, against, audit);
        },
        progress: (part) => progress.set(search.id, part),
        signal: stopping.signal,
      });
      await end(search, by, found);
    } catch (error) {
      const stopped = stopping.signal.aborted;
      const code = stopped ? 'search-stopped' : isFacematchError(error) ? error.code : 'internal';
      await end(search, by, undefined, code);
      if (code === 'internal') failed(error);
    } finally {
      progress.delete(search.id);
    }
  };

  return {
    async recover() {
      for (const search of await store.searches.running()) {
        // Whoever runs it, or will, holds it.
        const held = await exclusive.hold(lockOf(search));
        if (held === undefined) continue;
        try {
          await end(search, service, undefined, 'search-stopped');
        } finally {
          await held.release();
        }
      }
    },
    run(search, by, requireRunning) {
      const holding = exclusive.hold(lockOf(search));
      const next = async () => {
        const held = await holding;
        try {
          await carryOut(search, by, requireRunning);
        } finally {
          await held?.release();
        }
      };
      last = last.then(next).catch(failed);
      holding.catch(() => undefined);
    },
    progress: (searchId) => progress.get(searchId),
    async close() {
      stopping.abort();
      await last;
    },
  };
}
