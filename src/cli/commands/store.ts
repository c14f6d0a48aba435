import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../../clock.js';
import { FacematchError } from '../../errors.js';
import { copyStore } from '../../store/copy/copyStore.js';
import { type DatabasePlace, openDatabase } from '../../store/database/open.js';
import { openForReading } from '../../store/recordReader.js';
import { print, progress, run, say } from '../output.js';

const copyCommand = new Command('copy')
  .description('copy every record to a database of the other kind, row by row, and compare each')
  .requiredOption(
    '--from <place>',
    'sqlite:FILE, postgres://…, or postgres:@FILE, a file that holds the address',
  )
  .requiredOption('--to <place>', 'the same; empty, or filled by a copy that was interrupted')
  .addHelpText(
    'after',
    `
With the service stopped. No key is needed: records stay encrypted as they are, and keep the keyring and the ledger that
they have. An interrupted copy goes on where it stopped when the same command is given again.`,
  )
  .action((options: { from: string; to: string }) =>
    run(() => copy(placeOf(options.from), placeOf(options.to))),
  );

async function copy(from: DatabasePlace, to: DatabasePlace): Promise<void> {
  const fromSqlite = from.databaseUrl === undefined;
  if (fromSqlite === (to.databaseUrl === undefined)) {
    throw new FacematchError(
      'input-invalid',
      'One of the two places is a SQLite file, the other PostgreSQL.',
    );
  }
  const source = await openForReading(from);
  try {
    const target = await openDatabase(to, systemClock);
    const stopping = new AbortController();
    const interrupted = () => {
      say('\nStopping after the rows at hand; the same command goes on there.');
      stopping.abort();
    };
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
    const bars = { copied: progress('copied'), compared: progress('compared') };
    let at: keyof typeof bars = 'copied';
    try {
      const report = await copyStore({
        source,
        target,
        fromSqlite,
        signal: stopping.signal,
        progress: (step, done, total) => {
          if (step !== at) bars[at].stop();
          at = step;
          bars[step].update(done, total);
        },
      });
      bars[at].stop();
      print(
        `copied      ${report.rows} rows of ${report.tables} tables (${report.resumed} by an earlier run)`,
      );
      print(`audit trail ${report.auditEntries} entries, intact; last ${report.auditHead}`);
    } catch (error) {
      bars[at].stop();
      if (stopping.signal.aborted)
        throw new FacematchError('busy', 'Stopped; the same command goes on here.');
      throw error;
    } finally {
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      await target.close();
    }
  } finally {
    await source.close();
  }
}

function placeOf(text: string): DatabasePlace {
  if (text.startsWith('sqlite:')) return { databasePath: resolve(text.slice('sqlite:'.length)) };
  const url = text.startsWith('postgres:@') ? addressIn(text.slice('postgres:@'.length)) : text;
  // The address may hold a password: it is never repeated.
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new FacematchError(
      'input-invalid',
      'A place is sqlite:FILE, postgres://…, or postgres:@FILE, a file that holds the address.',
    );
  }
  return { databasePath: '', databaseUrl: url };
}

function addressIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new FacematchError('input-invalid', 'The file that holds the address cannot be read.', { file });
  }
}

export const storeCommand = new Command('store')
  .description('move the records from one database to another')
  .addCommand(copyCommand);
