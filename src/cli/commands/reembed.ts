import { Command } from 'commander';
import { type Config, loadConfig } from '../../config.js';
import { FacematchError, isFacematchError } from '../../errors.js';
import type { FaceReader } from '../../face/types.js';
import { whileChanging } from '../../reembedding/changing.js';
import { isCalibrated, nextModel } from '../../reembedding/nextEmbedder.js';
import { reembed } from '../../reembedding/reembed.js';
import type { AuditEntry, Store } from '../../store/store.js';
import { withFaces } from '../faces.js';
import { operator, withExclusive, withStore } from '../operator.js';
import { print, progress, run, say } from '../output.js';

interface Options {
  readonly model?: string;
  readonly switch?: true;
  readonly rollback?: true;
  readonly discard?: true;
}

/** Documents that come just before the switch are embedded first, so often. */
const mostRounds = 20;

export const reembedCommand = new Command('reembed')
  .description('change the embedder: embed the kept photos again, switch, roll back')
  .option('--model <id>', 'model card of the embedder whose set of embeddings is made or completed')
  .option('--switch', 'with --model: when its set is complete and it is calibrated, make it the active one')
  .option('--rollback', 'make the model before active again')
  .option('--discard', 'delete the embeddings of every model but the active one')
  .addHelpText(
    'after',
    `
Without options: says which model is active, which sets are complete and what could not be read. A running service makes
the set of FACEMATCH_NEXT_EMBEDDER by itself. Where it holds the keyring in files, it has to be stopped for this command;
else the two work beside each other, and the service makes way. An interrupted run goes on where it stopped. The set of
the active model is kept until --discard, and until --switch every comparison goes by it. After a switch or rollback
services end by themselves, to be started again: they take their embedder from the store.`,
  )
  .action((options: Options) => run(() => changeModel(options)));

async function changeModel(options: Options): Promise<void> {
  const { model, switch: doSwitch, rollback, discard } = options;
  const asked = [model, rollback, discard].filter((option) => option !== undefined);
  if (asked.length > 1 || (doSwitch && model === undefined)) {
    throw new FacematchError(
      'input-invalid',
      'Give one of --model (with --switch or without), --rollback and --discard.',
    );
  }
  const config = loadConfig(process.env);
  await withStore(config, 'stop it first, or let it make the set itself (FACEMATCH_NEXT_EMBEDDER)', (store) =>
    withExclusive(config, async (exclusive) => {
      const waiting = () => say('A service is embedding photos and makes way …');
      if (asked.length === 0) await show(store, config);
      else await whileChanging(exclusive, waiting, () => change(store, options));
    }),
  );
}

async function change(store: Store, { model, switch: doSwitch, rollback, discard }: Options): Promise<void> {
  if (model !== undefined) await prepare(store, model, doSwitch === true);
  if (rollback) {
    const now = await store.models.rollBack(entry('model.rollback'));
    const { documents, covered } = await store.embeddings.coverage(now.active);
    print(`active      ${now.active}`);
    if (covered < documents)
      print(
        `            ${documents - covered} documents came since: the service embeds them, those that are compared first`,
      );
  }
  if (discard) {
    const discarded = await store.models.discardOthers(entry('model.discard'));
    print(`discarded   ${discarded} embeddings of other models`);
  }
}

async function prepare(store: Store, id: string, doSwitch: boolean): Promise<void> {
  await withFaces({ embedder: id }, async (faces, networks) => {
    const left = await embedMissing(store, faces);
    const calibrated = isCalibrated(networks);
    if (calibrated !== true) print(`calibration ${calibrated}`);
    if (doSwitch) {
      if (calibrated !== true) throw new FacematchError('calibration-invalid', calibrated);
      await switchTo(store, faces, left);
      print(`active      ${faces.model}`);
    } else if (left > 0) process.exitCode = 1;
  });
}

/** @returns how many documents the model has not seen then. */
async function embedMissing(store: Store, faces: FaceReader): Promise<number> {
  const stop = new AbortController();
  const interrupted = () => {
    say('\nStopping: the photos at work are finished first.');
    stop.abort();
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const bar = progress(`embedding with ${faces.model}`);
  const { pool } = loadConfig(process.env);
  const tally = await reembed({
    kept: store,
    faces,
    inFlight: Math.min(2 * pool.workers * pool.maxBatch, pool.queue),
    onProgress: bar.update,
    signal: stop.signal,
  }).finally(() => {
    bar.stop();
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  });
  await store.audit.append({
    ...entry('model.reembed'),
    facts: { model: faces.model, embedded: tally.embedded, unread: tally.unread.length },
  });
  print(`embedded    ${tally.embedded + tally.withoutFace} (${tally.withoutFace} without a usable face)`);
  for (const document of tally.unread) print(`unread      ${document}`);
  const { documents, covered } = await store.embeddings.coverage(faces.model);
  if (covered < documents) print(`left        ${documents - covered}: run the same command again to go on`);
  // What cannot be read will not be read the next moment either; and who stops wants no switch.
  return covered < documents ? documents - covered : 0;
}

/** Where services go on writing, a document may come between the last photo and the switch. */
async function switchTo(store: Store, faces: FaceReader, left: number): Promise<void> {
  for (let round = 1; ; round++) {
    try {
      return await store.models.switchTo(faces.model, entry('model.switch'));
    } catch (error) {
      const came = isFacematchError(error, 'input-invalid') && 'missing' in error.facts;
      if (!came || left > 0 || round === mostRounds) throw error;
    }
    left = await embedMissing(store, faces);
  }
}

async function show({ models, embeddings, embeddingSurvey }: Store, config: Config): Promise<void> {
  const state = await models.active();
  if (state === undefined) {
    print('active      none yet: the first start of the service notes its embedder');
    return;
  }
  const { active, previous } = state;
  const next = nextModel(config);
  for (const [name, model] of [
    ['active', active],
    ['before', previous],
    ['next  ', next === active || next === previous ? undefined : next],
  ] as const) {
    if (model === undefined) continue;
    const { documents, covered } = await embeddings.coverage(model);
    print(`${name}      ${model}: ${covered} of ${documents} documents`);
    for (const { id, code, at } of await embeddingSurvey.unread(model))
      print(`            unread ${id}: ${code}, ${at}`);
  }
}

const entry = (action: string): AuditEntry => ({ ...operator(), action, outcome: 'done' });
