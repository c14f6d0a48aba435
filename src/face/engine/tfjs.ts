import { tmpdir } from 'node:os';
import { FacematchError } from '../../errors.js';
import { type Architecture, type ModelCard, modelId } from '../../models/card.js';
import type { SourceFiles } from '../../models/graph/architectures.js';
import { landmarkCount } from '../../models/graph/interface.js';
import { createSourceReader } from '../../models/source.js';
import type { ModelId } from '../types.js';
import type { Engine, RawDetections } from './engine.js';
import { type FaceApi, loadFaceApi, type Net, type Tensor, type TfjsBackend } from './face-api.js';
import { checkOutput, checkPixels } from './tensors.js';

export interface TfjsEngineOptions {
  /** The networks this engine will run: those of face-api. */
  readonly cards: Iterable<ModelCard>;
  /** Left out: `node` where it loads, else `wasm`. */
  readonly backend?: TfjsBackend | undefined;
}

export interface TfjsEngine extends Engine {
  /** As TensorFlow.js calls it: `tensorflow` or `wasm`. */
  readonly backend: string;
  /** Tensors alive in this process; the same before and after a call. */
  tensorCount(): number;
}

type DetectorNet = Net<{ boxes: Tensor[]; scores: Tensor[] }>;

/** A face-api network ready to run. */
type LoadedNet =
  | { readonly kind: 'detector'; readonly net: DetectorNet }
  | { readonly kind: 'vector'; readonly net: Net<Tensor> };

const netsOfArchitecture: Readonly<Partial<Record<Architecture, (api: FaceApi) => LoadedNet>>> = {
  'face-api-ssd-mobilenet-v1': (api) => ({ kind: 'detector', net: new api.SsdMobilenetv1() }),
  'face-api-landmarks-68': (api) => ({ kind: 'vector', net: new api.FaceLandmark68Net() }),
  'face-api-resnet-34': (api) => ({ kind: 'vector', net: new api.FaceRecognitionNet() }),
};

/** Side of the canvas face-api's detector runs on. */
const detectorCanvas = 512;

/**
 * Runs face-api's own networks, with its own preprocessing, on TensorFlow.js, from weights verified against the cards.
 * @throws FacematchError `engine-unsupported` (a card that is not face-api's, or TensorFlow.js does not load),
 * `weights-unavailable`, `weights-mismatch`
 */
export async function createTfjsEngine(options: TfjsEngineOptions): Promise<TfjsEngine> {
  const cards = [...options.cards];
  for (const card of cards) {
    if (!netsOfArchitecture[card.graph.architecture]) throw unsupported(card);
  }
  const api = await loadFaceApi(options.backend);
  const nets = new Map<ModelId, LoadedNet>();
  const sources = createSourceReader({ workDir: tmpdir() });
  try {
    for (const card of cards) {
      const loaded = netsOfArchitecture[card.graph.architecture]?.(api);
      if (!loaded) throw unsupported(card);
      loaded.net.loadFromWeightMap(decodeWeights(api, await sources.read(card)));
      nets.set(modelId(card), loaded);
    }
  } finally {
    await sources.close();
  }

  const loadedNet = <K extends LoadedNet['kind']>(card: ModelCard, kind: K) => {
    const loaded = nets.get(modelId(card));
    if (loaded?.kind !== kind) throw unsupported(card);
    return loaded as Extract<LoadedNet, { kind: K }>;
  };
  const vectors = async (card: ModelCard, pixels: Uint8Array, batch: number, length: number) => {
    const { net } = loadedNet(card, 'vector');
    checkPixels(card, pixels, batch);
    const output = api.tf.tidy(() => {
      const images = splitImages(pixels, batch).map((image) => toTensor(api, image, card.input));
      return net.forwardInput(new api.NetInput(images));
    });
    return checkOutput(card, await take(output), batch * length);
  };

  return {
    backend: api.tf.getBackend(),
    tensorCount: () => api.tf.memory().numTensors,
    async detect(card, pixels, batch): Promise<RawDetections> {
      const { net } = loadedNet(card, 'detector');
      checkPixels(card, pixels, batch);
      // face-api stretches what is smaller than its canvas; the card's input is the canvas's top left corner.
      const output = api.tf.tidy(() => {
        const canvases = splitImages(pixels, batch).map((image) =>
          toTensor(api, onCanvas(image, card.input), { width: detectorCanvas, height: detectorCanvas }),
        );
        return net.forwardInput(new api.NetInput(canvases));
      });
      const scores = joined(await Promise.all(output.scores.map(take)));
      const boxes = joined(await Promise.all(output.boxes.map(take)));
      const anchors = scores.length / batch;
      return {
        scores: checkOutput(card, scores, batch * anchors),
        boxes: toInputFractions(card, checkOutput(card, boxes, batch * anchors * 4)),
        anchors,
      };
    },
    landmarks: (card, pixels, batch) => vectors(card, pixels, batch, landmarkCount * 2),
    embed: (card, pixels, batch) => vectors(card, pixels, batch, card.output.length),
    async close() {
      for (const { net } of nets.values()) net.dispose(false);
      nets.clear();
    },
  };
}

/** TensorFlow.js dequantises, so that nothing of our own graph builder is in this path. */
function decodeWeights(api: FaceApi, { weights, manifest }: SourceFiles): Record<string, Tensor> {
  const groups = JSON.parse(Buffer.from(manifest ?? []).toString('utf8')) as { weights: unknown[] }[];
  const bytes = new Uint8Array(weights).buffer;
  return api.tf.io.decodeWeights(bytes, groups[0]?.weights ?? []);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function splitImages(pixels: Uint8Array, batch: number): Uint8Array[] {
  const length = pixels.length / batch;
  return Array.from({ length: batch }, (_, i) => pixels.subarray(i * length, (i + 1) * length));
}

function toTensor(api: FaceApi, image: Uint8Array, { width, height }: Size): Tensor {
  return api.tf.tensor3d(image, [height, width, 3], 'int32');
}

function onCanvas(image: Uint8Array, { width, height }: Size): Uint8Array {
  const canvas = new Uint8Array(detectorCanvas * detectorCanvas * 3);
  for (let row = 0; row < height; row++) {
    canvas.set(image.subarray(row * width * 3, (row + 1) * width * 3), row * detectorCanvas * 3);
  }
  return canvas;
}

/** From top, left, bottom, right of the canvas to left, top, right, bottom of the input. */
function toInputFractions(card: ModelCard, boxes: Float32Array): Float32Array {
  const x = detectorCanvas / card.input.width;
  const y = detectorCanvas / card.input.height;
  return boxes.map((_, i) => (boxes[i ^ 1] ?? 0) * (i % 2 === 0 ? x : y));
}

async function take(tensor: Tensor): Promise<Float32Array> {
  try {
    return await tensor.data();
  } finally {
    tensor.dispose();
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

function unsupported(card: ModelCard): FacematchError {
  return new FacematchError(
    'engine-unsupported',
    `The tfjs engine cannot run ${modelId(card)}: it runs face-api's networks only.`,
    {
      model: modelId(card),
    },
  );
}
