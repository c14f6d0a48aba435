import * as ort from 'onnxruntime-node';
import { FacematchError } from '../../errors.js';
import { readGraph } from '../../models/build.js';
import { type ModelCard, modelId } from '../../models/card.js';
import { channelCount, graphTensors, landmarkCount } from '../../models/graph/interface.js';
import type { ModelId } from '../types.js';
import type { Engine } from './engine.js';
import { checkOutput, checkPixels } from './tensors.js';

export interface OnnxEngineOptions {
  /** The networks this engine will run. */
  readonly cards: Iterable<ModelCard>;
  /** Folder of the built graphs. */
  readonly buildDir: string;
  /** Threads inside one operator; each network has its own. */
  readonly threads: number;
}

/**
 * ONNX Runtime on the CPU: one session for each card, all opened now. A run holds the calling thread until it
 * ends, so this belongs in a child process.
 * @throws FacematchError `model-missing`, `model-corrupt`
 */
export async function createOnnxEngine(options: OnnxEngineOptions): Promise<Engine> {
  const sessions = new Map<ModelId, ort.InferenceSession>();
  const close = async () => {
    const open = [...sessions.values()];
    sessions.clear();
    await Promise.all(open.map((session) => session.release()));
  };
  try {
    for (const card of options.cards) {
      sessions.set(modelId(card), await openSession(card, options));
    }
  } catch (error) {
    await close();
    throw error;
  }

  const run = async (card: ModelCard, pixels: Uint8Array, batch: number) => {
    const session = sessions.get(modelId(card));
    if (!session) {
      throw new FacematchError('model-unknown', `The engine was started without ${modelId(card)}.`, {
        model: modelId(card),
      });
    }
    checkPixels(card, pixels, batch);
    const shape = [batch, card.input.height, card.input.width, channelCount(card)];
    return session.run({ [graphTensors.pixels]: new ort.Tensor('uint8', pixels, shape) });
  };

  return {
    async detect(card, pixels, batch) {
      const anchors = card.output.length;
      const outputs = await run(card, pixels, batch);
      return {
        scores: checkOutput(card, outputs[graphTensors.scores]?.data, batch * anchors),
        boxes: checkOutput(card, outputs[graphTensors.boxes]?.data, batch * anchors * 4),
        anchors,
      };
    },
    async landmarks(card, pixels, batch) {
      const outputs = await run(card, pixels, batch);
      return checkOutput(card, outputs[graphTensors.points]?.data, batch * landmarkCount * 2);
    },
    async embed(card, pixels, batch) {
      const outputs = await run(card, pixels, batch);
      return checkOutput(card, outputs[graphTensors.embedding]?.data, batch * card.output.length);
    },
    close,
  };
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
