import { Command } from 'commander';
import { loadCalibration } from '../../comparison/calibration.js';
import { loadConfig } from '../../config.js';
import { FacematchError, isFacematchError } from '../../errors.js';
import type { Networks } from '../../networks.js';
import { cardOf } from '../../reembedding/activeModel.js';
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

export const reembedCommand = new Command('reembed')
  .description('change the embedder: embed the kept photos again, switch, roll back')
  .option('--model <id>', 'model card of the embedder whose set of embeddings is made or completed')
  .option('--switch', 'with --model: when its set is complete and it is calibrated, make it the active one')
  .option('--rollback', 'make the model before active again')
  .option('--discard', 'delete the embeddings of every model but the active one')
  .addHelpText(
    'after',
    `
Without options: says which model is active and which sets are complete. The service must be stopped: it holds the store.
An interrupted run goes on where it stopped. The set of the active model is kept until --discard, and until --switch every
comparison goes by it. After a switch or rollback start the service again: it takes its embedder from the store.`,
  )
  .action((options: Options) => run(() => changeModel(options)));

async function changeModel({ model, switch: doSwitch, rollback, discard }: Options): Promise<void> {
  const asked = [model, rollback, discard].filter((option) => option !== undefined);
  if (asked.length > 1 || (doSwitch && model === undefined)) {
    throw new FacematchError(
      'input-invalid',
      'Give one of --model (with --switch or without), --rollback and --discard.',
    );
  }
  const config = loadConfig(process.env);
  await withStore(config, 'stop it first, it compares by the active model', (store) =>
    withExclusive(config, async (exclusive) => {
      const held = asked.length === 0 ? undefined : await exclusive.hold('model');
      if (asked.length > 0 && held === undefined) {
        throw new FacematchError('busy', 'Another process changes the embedder of this store.');
      }
      if (model !== undefined) await prepare(store, model, doSwitch === true);
      if (rollback) {
        const now = await store.models.rollBack(entry('model.rollback'));
        const { documents, covered } = await store.embeddings.coverage(now.active);
        print(`active      ${now.active}`);
        if (covered < documents)
          print(
            `            ${documents - covered} documents came since: they are embedded when first compared, or by "facematch reembed --model ${cardOf(now.active)}"`,
          );
      }
      if (discard) {
        const discarded = await store.models.discardOthers(entry('model.discard'));
        print(`discarded   ${discarded} embeddings of other models`);
      }
      if (asked.length === 0) await show(store);
    }),
  );
}

async function prepare(store: Store, id: string, doSwitch: boolean): Promise<void> {
  await withFaces({ embedder: id }, async (faces, networks) => {
    const stop = new AbortController();
    const interrupted = () => {
      say('\nStopping: the photos at work are finished first.');
      stop.abort();
    };
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
    const bar = progress(`embedding with ${faces.model}`);
    const { pool } = loadConfig(process.env);
    const { embeddings, models } = store;
    const tally = await reembed({
      embeddings,
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
    const { documents, covered } = await embeddings.coverage(faces.model);
    if (covered < documents) print(`left        ${documents - covered}: run the same command again to go on`);
    const calibrated = isCalibrated(networks);
    if (calibrated !== true) print(`calibration ${calibrated}`);
    if (doSwitch) {
      if (calibrated !== true) throw new FacematchError('calibration-invalid', calibrated);
      await models.switchTo(faces.model, entry('model.switch'));
      print(`active      ${faces.model}`);
    } else if (covered < documents) process.exitCode = 1;
  });
}

/** Or why not. */
function isCalibrated({ calibrationPath, embedder, pipeline }: Networks): true | string {
  try {
    loadCalibration(calibrationPath, { model: embedder, pipeline });
    return true;
  } catch (error) {
    if (isFacematchError(error, 'calibration-invalid')) return error.message;
    throw error;
  }
}

async function show({ models, embeddings }: Store): Promise<void> {
  const state = await models.active();
  if (state === undefined) {
    print('active      none yet: the first start of the service notes its embedder');
    return;
  }
  for (const [name, model] of [
    ['active', state.active],
    ['before', state.previous],
  ] as const) {
    if (model === undefined) continue;
    const { documents, covered } = await embeddings.coverage(model);
    print(`${name}      ${model}: ${covered} of ${documents} documents`);
  }
}

const entry = (action: string): AuditEntry => ({ ...operator(), action, outcome: 'done' });
