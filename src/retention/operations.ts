import { z } from 'zod';
import { backupKeyring, pruneKeyringBackups } from '../backup/keyringBackup.js';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import { by, type Caller } from '../oversight/caller.js';
import { text } from '../records/text.js';
import { validated } from '../records/validation.js';
import type { Store } from '../store/store.js';
import type { Retention } from './engine.js';

export const runRequestSchema = z.strictObject({
  override: z
    .strictObject({ reason: text(1000) })
    .optional()
    .describe('Destroys although the clock or the share speaks against it; the reason is kept, encrypted'),
});

export const runViewSchema = z.strictObject({
  id: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  outcome: z.string().describe('running, done, stopped, or the code of what stopped it'),
  destroyed: z.record(z.string(), z.int()).describe('How many records of each kind'),
});
export type RunView = z.output<typeof runViewSchema>;

export const keyringBackupSchema = z.strictObject({
  madeAt: z.iso.datetime(),
  removed: z.int().describe('Copies whose days were over'),
});

/** What operators start in a running service, which alone holds the keyring. */
export interface Operations {
  /** @throws FacematchError `validation`, `clock-implausible`, `destruction-limit`, `busy` */
  startRetention(document: unknown, caller: Caller): Promise<{ runId: string }>;
  retentionRuns(caller: Caller): Promise<readonly RunView[]>;
  /** @throws FacematchError `input-invalid` where no folder for copies is set, `storage-full` */
  backupKeyring(caller: Caller): Promise<z.output<typeof keyringBackupSchema>>;
}

export interface KeyringCopies {
  readonly folder: string;
  readonly days: number;
}

let copying: Promise<unknown> = Promise.resolve();

/**
 * Copies the keyring and the ledger, and removes copies whose days are over. One at a time: a copy at work looks like
 * one that was cut short, which the next would remove.
 */
export function copyKeyring(...given: Parameters<typeof copyOnce>): ReturnType<typeof copyOnce> {
  const copy = copying.then(() => copyOnce(...given));
  copying = copy.catch(() => {});
  return copy;
}

async function copyOnce(
  store: Store,
  { folder, days }: KeyringCopies,
  now: Date,
  version: string,
): Promise<{ madeAt: string; removed: number }> {
  const { keyring, ledger } = store;
  const { manifest } = await backupKeyring({ keyring, ledger, to: folder, now, version });
  return { madeAt: manifest.madeAt, removed: await pruneKeyringBackups(folder, now, days) };
}

export function createOperations(parts: {
  readonly store: Store;
  readonly retention: Retention;
  readonly copies: KeyringCopies | undefined;
  readonly clock: Clock;
  readonly version: string;
  /** Told when a run that was started fails later. */
  readonly failed: (error: unknown) => void;
}): Operations & { stop(): Promise<void> } {
  const { store, retention, copies, clock, version, failed } = parts;
  const stopping = new AbortController();
  let atWork: Promise<unknown> = Promise.resolve();
  return {
    /** Ends a run that was started here after the batch at hand; its end is noted before the store closes. */
    async stop() {
      stopping.abort();
      await atWork;
    },
    async startRetention(document, caller) {
      const { override } = validated(runRequestSchema, document, 'run');
      const { id, finished } = await retention.start({ by: by(caller), override, signal: stopping.signal });
      atWork = finished.catch((error: unknown) => {
        if (!stopping.signal.aborted) failed(error);
      });
      return { runId: id };
    },
    async retentionRuns(caller) {
      await store.audit.append({ ...by(caller), action: 'retention.runs', outcome: 'done' });
      return (await retention.runs()).map((one) => ({ ...one, destroyed: { ...one.destroyed } }));
    },
    async backupKeyring(caller) {
      if (copies === undefined) {
        throw new FacematchError(
          'input-invalid',
          'FACEMATCH_KEYRING_BACKUPS names no folder for copies of the keyring.',
        );
      }
      const entry = { ...by(caller), action: 'keyring.backup' };
      await store.audit.append({ ...entry, outcome: 'begun' });
      const made = await copyKeyring(store, copies, clock(), version);
      await store.audit.append({ ...entry, outcome: 'done' });
      return made;
    },
  };
}
