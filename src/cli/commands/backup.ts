import { resolve } from 'node:path';
import { Command } from 'commander';
import { backupDatabase } from '../../backup/databaseBackup.js';
import { backupKeyring } from '../../backup/keyringBackup.js';
import { systemClock } from '../../clock.js';
import { loadConfig } from '../../config.js';
import { FacematchError } from '../../errors.js';
import { packageVersion } from '../../service.js';
import { withStore } from '../operator.js';
import { print, run } from '../output.js';

interface Options {
  readonly to: string;
  readonly keyringTo?: string;
}

export const backupCommand = new Command('backup')
  .description('copy the database, also while the service writes, and the keyring to another place')
  .requiredOption('--to <folder>', 'where the copy of the database goes, in a folder of its own')
  .option('--keyring-to <folder>', 'where the keyring and the ledger go; never with the database')
  .action((options: Options) =>
    run(async () => {
      const config = loadConfig(process.env);
      if (config.store.databaseUrl !== undefined) {
        throw new FacematchError(
          'input-invalid',
          'The records are on PostgreSQL, whose own tools copy them: pg_dump, or base backups with the write-ahead log (docs/storage.md). The keyring must never be in those copies: the service copies its files into FACEMATCH_KEYRING_BACKUPS.',
        );
      }
      if (options.keyringTo !== undefined && config.store.keyringUrl !== undefined) {
        throw new FacematchError(
          'input-invalid',
          'The keyring is where FACEMATCH_KEYRING_URL leads, and is copied there: by the tools of its PostgreSQL, or by the key service (docs/storage.md).',
        );
      }
      const to = resolve(options.to);
      const keyringTo = options.keyringTo === undefined ? undefined : resolve(options.keyringTo);
      if (keyringTo === to) {
        throw new FacematchError(
          'input-invalid',
          'The keyring must not lie with the database: name two folders.',
        );
      }
      const now = systemClock();
      const version = packageVersion();
      // First the database: the keyring copied after it holds every key that it uses.
      const databasePath = resolve(config.store.database);
      print((await backupDatabase({ databasePath, to, now, version })).folder);
      if (keyringTo === undefined) return;
      const instead =
        'it copies the keyring every day into FACEMATCH_KEYRING_BACKUPS, and at once on POST /v1/operations/keyring-backups';
      await withStore(config, instead, async ({ keyring, ledger }) => {
        print((await backupKeyring({ keyring, ledger, to: keyringTo, now, version })).folder);
      });
    }),
  );
