import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { Command } from 'commander';
import { systemClock } from '../../clock.js';
import { type Config, loadConfig } from '../../config.js';
import { openConfiguredStore } from '../../configuredStore.js';
import { type Destination, type EnrolmentTally, enrol, type Refusal } from '../../enrolment/enrol.js';
import { httpDestination } from '../../enrolment/httpDestination.js';
import { countLines, readLines } from '../../enrolment/lines.js';
import { openPhotoFolder } from '../../enrolment/photoFolder.js';
import { storeDestination } from '../../enrolment/storeDestination.js';
import { FacematchError, isFacematchError } from '../../errors.js';
import { defaultLimits } from '../../http/limits.js';
import { parseStrictJson } from '../../http/strictJson.js';
import type { Caller } from '../../oversight/caller.js';
import { adoptModel, withActiveEmbedder } from '../../reembedding/activeModel.js';
import type { Store } from '../../store/store.js';
import { withFaces } from '../faces.js';
import { print, progress, run, say } from '../output.js';

interface Options {
  readonly records: string;
  readonly photos: string;
  readonly report?: string;
  readonly url?: string;
  readonly tokenFile?: string;
}

/** Lines were refused; the others are stored. */
const refusedStatus = 2;

export const enrolCommand = new Command('enrol')
  .description('fill the store from a list of documents')
  .requiredOption(
    '--records <file>',
    'one JSON document a line: {"record": …, "photo": path, "signature"?: path}',
  )
  .requiredOption('--photos <dir>', 'folder that the paths of photos and signatures are below')
  .option('--report <file>', 'write what was refused and why: one JSON document a line, no personal data')
  .option('--url <url>', 'through the running service of this address instead of straight into the store')
  .option('--token-file <file>', 'with --url: file that holds the bearer token (documents:write)')
  .addHelpText(
    'after',
    '\nAfter an interruption run the same command again: what is stored already is skipped without reading its photo.\nExit status 2: all done, but lines were refused.',
  )
  .action((options: Options) => run(() => enrolAll(options)));

async function enrolAll(options: Options): Promise<void> {
  const config = loadConfig(process.env);
  // Both before anything is opened: a wrong path should cost no time.
  const photos = await openPhotoFolder(options.photos, config.photo.maxBytes);
  const total = await countLines(options.records);
  const stop = new AbortController();
  const interrupted = () => {
    say('\nStopping: the documents at work are finished first.');
    stop.abort();
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const report = openReport(options.report);
  const tally = await withDestination(config, options, async (destination, inFlight) => {
    const bar = progress('enrolling');
    try {
      return await enrol({
        lines: readLines(options.records, defaultLimits.jsonBytes),
        photos,
        destination,
        parse: parseStrictJson,
        inFlight,
        onProgress: ({ lines }) => bar.update(lines, total),
        onRefused: report.write,
        signal: stop.signal,
      });
    } finally {
      bar.stop();
      await report.close();
    }
  });
  tell(tally, total, options.report);
}

type Use = (destination: Destination, inFlight: number) => Promise<EnrolmentTally>;

async function withDestination(
  config: Config,
  { url, tokenFile }: Options,
  use: Use,
): Promise<EnrolmentTally> {
  // Two batches for each child process: one at work, one waiting.
  const inFlight = Math.min(2 * config.pool.workers * config.pool.maxBatch, config.pool.queue);
  if ((url === undefined) !== (tokenFile === undefined)) {
    throw new FacematchError('input-invalid', '--url and --token-file go together.');
  }
  if (url !== undefined && tokenFile !== undefined) return use(httpDestination(url, tokenFile), inFlight);
  const store = await openFreeStore(config);
  try {
    const { embedder } = (await withActiveEmbedder(config, store.models)).models;
    return await withFaces({ embedder }, async (faces) => {
      await adoptModel(store.models, faces.model);
      const destination = storeDestination({ store, faces, clock: systemClock }, operator);
      const tally = await use(destination, inFlight);
      await destination.finished(tally);
      return tally;
    });
  } finally {
    await store.close();
  }
}

async function openFreeStore(config: Config): Promise<Store> {
  try {
    return await openConfiguredStore(config, systemClock);
  } catch (error) {
    if (!isFacematchError(error, 'store-unavailable')) throw error;
    throw new FacematchError(
      'store-unavailable',
      'The store cannot be opened, most likely because a service runs on it: stop the service, or enrol through it with --url and --token-file.',
      {},
      { cause: error },
    );
  }
}

/** In the audit trail: whoever may read the keys of the store and start this command. */
const operator: Caller = {
  client: 'facematch-enrol',
  subject: process.env['USER'] ?? 'unknown',
  scopes: new Set(['documents:write']),
  language: 'en',
};

function openReport(file: string | undefined): { write(refusal: Refusal): void; close(): Promise<void> } {
  if (file === undefined) return { write: () => {}, close: async () => {} };
  const stream = createWriteStream(file, { mode: 0o600 });
  // Met where the report is closed.
  stream.on('error', () => {});
  return {
    write: (refusal) => stream.write(`${JSON.stringify(refusal)}\n`),
    close: async () => {
      stream.end();
      await finished(stream).catch((cause) => {
        throw new FacematchError('input-invalid', `The report ${file} cannot be written.`, {}, { cause });
      });
    },
  };
}

function tell(tally: EnrolmentTally, total: number, report: string | undefined): void {
  const { lines, stored, unchanged, refused, withoutEmbedding } = tally;
  print(`stored      ${stored} (${withoutEmbedding} without a usable face)`);
  print(`known       ${unchanged}`);
  print(`refused     ${refused}${refused > 0 && report !== undefined ? ` (see ${report})` : ''}`);
  if (lines < total) {
    print(`left        ${total - lines}: run the same command again to go on`);
    process.exitCode = 1;
  } else if (refused > 0) {
    process.exitCode = refusedStatus;
  }
}
