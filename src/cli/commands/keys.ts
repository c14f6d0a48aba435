import { join, resolve } from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { systemClock } from '../../clock.js';
import { loadConfig } from '../../config.js';
import { FacematchError } from '../../errors.js';
import { openTokenKey } from '../../http/devToken.js';
import { newKey, requireAbsent, writeKeyFile } from '../../keys/keyFile.js';
import { rotateAuditKey, rotateLookupKey, rotateMasterKey, rotateMonthKeys } from '../../keys/rotation.js';
import { headSigner } from '../../oversight/auditHeads.js';
import { auditSigner } from '../../oversightParts.js';
import { masterKey } from '../../store/crypto/keys.js';
import { held } from '../../store/month.js';
import { openConfiguredKeys } from '../configuredKeys.js';
import { operator, unlessRunning, withStore } from '../operator.js';
import { print, progress, run, say } from '../output.js';
import { keysServeCommand } from './keysServe.js';

const stopFirst = 'stop it first, keys are changed while nothing runs';

const variables = {
  master: 'FACEMATCH_MASTER_KEY',
  lookup: 'FACEMATCH_LOOKUP_KEY',
  audit: 'FACEMATCH_AUDIT_KEY',
} as const;

const initCommand = new Command('init')
  .description('make the master, look-up and audit keys, and a token key for development')
  .requiredOption('--to <folder>', 'where the key files go; not where the database is')
  .action((options: { to: string }) =>
    run(async () => {
      const file = (name: string) => resolve(join(options.to, name));
      const tokenKey = file('token-key.json');
      const names = Object.keys(variables) as (keyof typeof variables)[];
      for (const path of [...names.map((name) => file(`${name}.key`)), tokenKey]) requireAbsent(path);
      for (const name of names) {
        await writeKeyFile(file(`${name}.key`), [newKey()]);
        print(`${variables[name]}_FILE=${file(`${name}.key`)}`);
      }
      await openTokenKey(tokenKey);
      print(`FACEMATCH_TOKEN_KEY=${tokenKey}`);
      say('Keep copies of these files apart from every backup: without the master key nothing can be read,');
      say('without the look-up key nothing can be found. The token key serves development mode alone.');
    }),
  );

const rotateCommand = new Command('rotate')
  .description('change a key while the service is stopped; no record is re-encrypted')
  .argument('<key>', 'master, months, lookup, audit or token')
  .option('--to <file>', 'new file for the new key; not for months, whose keys stay in the keyring')
  .option('--keys-only', 'master or months, where a key service has the keyring and no records are at hand')
  .action((name: string, options: { to?: string; keysOnly?: true }) =>
    run(() => (options.keysOnly ? rotateKeysOnly(name, options.to) : rotate(name, options.to))),
  );

/** What a key service notes of it is the log of whoever runs it: the audit trail is with the records. */
async function rotateKeysOnly(name: string, to: string | undefined): Promise<void> {
  const config = loadConfig(process.env);
  const keys = await unlessRunning(stopFirst, () => openConfiguredKeys(config, systemClock));
  try {
    if (name === 'months') {
      for (const month of [...(await keys.keyring.months()), held]) await keys.keyring.rotateMonth(month);
      return print('Every month has a new key.');
    }
    if (name !== 'master' || to === undefined) {
      throw new FacematchError('input-invalid', 'The key is months, or master with --to for its new file.');
    }
    const key = newKey();
    await writeKeyFile(resolve(to), [key]);
    await keys.keyring.rotateMaster(masterKey(key));
    print(`${variables.master}_FILE=${resolve(to)}`);
  } finally {
    await keys.keyring.close();
    await keys.ledger.close();
  }
}

async function rotate(name: string, to: string | undefined): Promise<void> {
  const config = loadConfig(process.env);
  const by = operator();
  if (name === 'months') {
    const bar = progress('months');
    await withStore(config, stopFirst, (store) => rotateMonthKeys(store, by, bar.update));
    bar.stop();
    return print('Every month has a new key.');
  }
  if (name === 'master' && to === undefined && config.store.masterKey?.length === 64) {
    const newest = config.store.masterKey.subarray(32);
    await withStore(config, stopFirst, (store) => rotateMasterKey(store, newest, by));
    return print('The newer master key is in use: take the older one out of its file everywhere.');
  }
  if (to === undefined)
    throw new FacematchError('input-invalid', '--to is required: the file of the new key.');
  const file = resolve(to);
  switch (name) {
    case 'master': {
      const key = newKey();
      await withStore(config, stopFirst, async (store) => {
        await writeKeyFile(file, [key]);
        await rotateMasterKey(store, key, by);
      });
      break;
    }
    case 'lookup': {
      const key = newKey();
      const { lookupKey } = config.store;
      if (lookupKey === undefined) throw new FacematchError('config-invalid', 'No look-up key is set.');
      await withStore(config, stopFirst, async (store) => {
        await writeKeyFile(file, [...chunks(lookupKey), key]);
        await rotateLookupKey(store, key, by);
      });
      break;
    }
    case 'audit': {
      const key = newKey();
      const { headsFile } = config.audit;
      const signers = { from: auditSigner(config), to: headSigner(key), headsFile };
      await withStore(config, stopFirst, async (store) => {
        await writeKeyFile(file, [key]);
        await rotateAuditKey(store, signers, systemClock, by);
      });
      break;
    }
    case 'token':
      requireAbsent(file);
      await openTokenKey(file);
      return print(`FACEMATCH_TOKEN_KEY=${file}`);
    default:
      throw new FacematchError('input-invalid', 'The key is master, months, lookup, audit or token.');
  }
  print(`${variables[name]}_FILE=${file}`);
  say('Start the service with this setting; the old file opens nothing that is in place now.');
  say('Backups of the keyring from before still need the old file.');
}

const statusCommand = new Command('status')
  .description('where the keys come from, and what the keyring and the ledger hold')
  .option('--verify', 'read every key of both copies')
  .action((options: { verify?: true }) =>
    run(async () => {
      const config = loadConfig(process.env);
      const table = new Table({ style: { head: [], border: [] }, head: ['', ''] });
      for (const [name, variable] of Object.entries(variables))
        table.push([`${name} key`, sourceOf(variable)]);
      const damaged = await withStore(
        config,
        'GET /v1/operations/retention-runs and /metrics say how it fares',
        async ({ keyring, ledger }) => {
          const months = await keyring.months();
          const state = await keyring.state();
          table.push(
            ['keyring', `${keyring.id}, generation ${state.generation}`],
            ['months', `${months.length}${months.length > 0 ? `: ${months[0]} to ${months.at(-1)}` : ''}`],
            ['data keys', String(state.keys)],
            ['destruction ledger', `${ledger.id}, ${await ledger.lastSeq()} batches`],
          );
          if (options.verify !== true) return [];
          const check = await keyring.verify();
          const broken = await ledger.verify();
          table.push([
            'verified',
            check.damaged.length === 0 && broken === undefined
              ? `${check.keys} keys, both copies, and the ledger`
              : [
                  ...check.damaged.map(({ copy, month }) => `${copy} copy damaged in ${month}`),
                  ...(broken === undefined ? [] : [`ledger broken at batch ${broken}`]),
                ].join('\n'),
          ]);
          return [...check.damaged, ...(broken === undefined ? [] : [broken])];
        },
      );
      print(table.toString());
      if (damaged.length > 0) process.exitCode = 1;
    }),
  );

export const keysCommand = new Command('keys')
  .description('make, change and look after the keys')
  .addCommand(initCommand)
  .addCommand(rotateCommand)
  .addCommand(statusCommand)
  .addCommand(keysServeCommand);

function sourceOf(variable: string): string {
  if (process.env[`${variable}_FILE`]) return `${variable}_FILE`;
  if (process.env[variable]) return variable;
  return 'none set (development mode makes its own)';
}

function chunks(keys: Uint8Array): Uint8Array[] {
  return Array.from({ length: keys.length / 32 }, (_, index) => keys.subarray(index * 32, (index + 1) * 32));
}
