import { resolve } from 'node:path';
import { Command } from 'commander';
import { restore } from '../../backup/restore.js';
import { restoredInPlace } from '../../backup/restoredInPlace.js';
import { systemClock } from '../../clock.js';
import { loadConfig } from '../../config.js';
import { configuredStore } from '../../configuredStore.js';
import { FacematchError } from '../../errors.js';
import { auditSigner } from '../../oversightParts.js';
import { operator, unlessRunning } from '../operator.js';
import { print, run, say } from '../output.js';

interface Options {
  readonly from?: string;
  readonly inPlace?: true;
  readonly keyringFrom?: string;
  readonly ledgerFrom?: string;
}

export const restoreCommand = new Command('restore')
  .description('put a backup of the database in place; what was destroyed since is destroyed again first')
  .option('--from <folder>', 'folder of the database backup')
  .option(
    '--in-place',
    'on PostgreSQL, whose own tools put the copy back: check it against the keyring and the ledger, and note the restore in the audit trail; before any service is started',
  )
  .option('--keyring-from <folder>', 'folder of a keyring backup, where no keyring is in place')
  .option(
    '--ledger-from <folder>',
    'folder of the newest keyring backup, where no ledger is in place: what was destroyed after it comes back',
  )
  .action((options: Options) =>
    run(async () => {
      const config = loadConfig(process.env);
      const folder = (path: string | undefined) => (path === undefined ? undefined : resolve(path));
      const { headsFile } = config.audit;
      const { from } = options;
      if ((from === undefined) === (options.inPlace === undefined)) {
        throw new FacematchError(
          'input-invalid',
          'Either --from names a backup, or --in-place says that PostgreSQL put one back.',
        );
      }
      const parts = {
        keyringFrom: folder(options.keyringFrom),
        ledgerFrom: folder(options.ledgerFrom),
        store: configuredStore(config, systemClock),
        signer: auditSigner(config),
        headsFile: folder(headsFile),
        clock: systemClock,
        actor: operator().actor,
      };
      const restored = () =>
        from === undefined
          ? restoredInPlace(parts).then(({ lastEntryAt, ...report }) => ({ madeAt: lastEntryAt, ...report }))
          : restore({ ...parts, from: resolve(from) });
      const report = await unlessRunning('stop it first, nothing was put in place', restored);
      print(
        `The database is as of ${report.madeAt}. ${report.destroyedAgain} records that were destroyed since were destroyed again; entry ${report.auditSeq} of the audit trail says so, signed.`,
      );
      say(
        'Whatever was stored since the backup is missing: the systems that transfer have to send it again.',
      );
    }),
  );
