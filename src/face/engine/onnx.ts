import { FacematchError } from '../../errors.js';
import { readGraph } from '../../models/build.js';
import { type ModelCard, modelId } from '../../models/card.js';
import { channelCount, graphTensors, landmarkCount } from '../../models/graph/interface.js';
import * as ort from '../../onnxRuntime.js';
import type { ModelId } from '../types.js';
import type { Engine } from './engine.js';
import { checkOutput, checkPixels } from './tensors.js';

export interface OnnxEngineOptions {
  /** The networks this engine will run. */
  readonly cards: Iterable<ModelCard>;
  /** Those of them that are seldom needed: checked at once, opened on first use. */
  readonly seldom?: ReadonlySet<ModelCard> | undefined;
  /** Folder of the built graphs. */
  readonly buildDir: string;
  /** Threads inside one operator; each network has its own. */
  readonly threads: number;
}

type Outputs = ort.InferenceSession.OnnxValueMapType;

/**
 * Pictures in one run. Processor milliseconds a chip of the MobileFaceNet in runs of 1, 2, 4, 8 and 16: 3.67, 3.39,
 * 3.30, 3.42, 3.80 (tensors outgrow the core's cache); and runs of 4 take 30 MB more in each process than runs of 2.
 */
const atOnce = 2;

/**
 * ONNX Runtime on the CPU: one session for each card. A run holds the calling thread until it ends, so this belongs
 * in a child process.
 * @throws FacematchError `model-missing`, `model-corrupt`
 */
export async function createOnnxEngine(options: OnnxEngineOptions): Promise<Engine> {
  const sessions = new Map<ModelId, ort.InferenceSession>();
  const later = new Set<ModelId>();
  const close = async () => {
    const open = [...sessions.values()];
    sessions.clear();
    await Promise.all(open.map((session) => session.release()));
  };
  try {
    for (const card of options.cards) {
      if (options.seldom?.has(card)) {
        await readGraph(card, options.buildDir);
        later.add(modelId(card));
      } else {
        sessions.set(modelId(card), await openSession(card, options));
      }
    }
  } catch (error) {
    await close();
    throw error;
  }

  const sessionOf = async (card: ModelCard): Promise<ort.InferenceSession> => {
    const model = modelId(card);
    const open = sessions.get(model);
    if (open) return open;
    if (!later.has(model))
      throw new FacematchError('model-unknown', `The engine was started without ${model}.`, { model });
    const opened = await openSession(card, options);
    sessions.set(model, opened);
    return opened;
  };
  const run = async (card: ModelCard, pixels: Uint8Array, batch: number) => {
    const session = await sessionOf(card);
    checkPixels(card, pixels, batch);
    const size = pixels.length / batch;
    const parts: Outputs[] = [];
    for (let first = 0; first < batch; first += atOnce) {
      const count = Math.min(atOnce, batch - first);
      const shape = [count, card.input.height, card.input.width, channelCount(card)];
      const part = pixels.subarray(first * size, (first + count) * size);
      parts.push(await session.run({ [graphTensors.pixels]: new ort.Tensor('uint8', part, shape) }));
    }
    return (name: string): unknown => joined(parts.map((outputs) => outputs[name]?.data));
  };

  return {
    async detect(card, pixels, batch) {
      const anchors = card.output.length;
      const output = await run(card, pixels, batch);
      return {
        scores: checkOutput(card, output(graphTensors.scores), batch * anchors),
        boxes: checkOutput(card, output(graphTensors.boxes), batch * anchors * 4),
        anchors,
      };
    },
    async landmarks(card, pixels, batch) {
      const output = await run(card, pixels, batch);
      return checkOutput(card, output(graphTensors.points), batch * landmarkCount * 2);
    },
    async embed(card, pixels, batch) {
      const output = await run(card, pixels, batch);
      return checkOutput(card, output(graphTensors.embedding), batch * card.output.length);
    },
    close,
  };
}

/** The outputs of several runs as one. */
function joined(parts: readonly unknown[]): unknown {
  if (parts.length === 1) return parts[0];
  const arrays = parts.filter((part) => part instanceof Float32Array);
  const whole = new Float32Array(arrays.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of arrays) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function openSession(card: ModelCard, options: OnnxEngineOptions): Promise<ort.InferenceSession> {
  const graph = await readGraph(card, options.buildDir);
  try {
    return await ort.InferenceSession.create(graph, {
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      // A plan of the tensors' places per size of batch: as fast without, and 15 MB less.
      enableMemPattern: false,
      logSeverityLevel: 3,
      // Spinning threads keep a core busy after every run: 34 CPU milliseconds in an idle second instead of 2.
      extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    });
  } catch (cause) {
    throw new FacematchError(
      'model-corrupt',
      `ONNX Runtime cannot load the graph of ${modelId(card)}.`,
      { model: modelId(card) },
      { cause },
    );
  }
}
