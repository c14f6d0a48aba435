import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FacematchError } from '../../errors.js';

const require = createRequire(import.meta.url);

/** The part of TensorFlow.js that the engine touches; face-api's own type file declares all of it at global scope. */
export interface Tensor {
  readonly shape: readonly number[];
  data(): Promise<Float32Array>;
  dispose(): void;
}

/** What a face-api network takes: a batch of images. */
export interface NetInput {
  readonly batchSize: number;
}

export interface Net<Output> {
  loadFromWeightMap(weights: Readonly<Record<string, Tensor>>): void;
  forwardInput(input: NetInput): Output;
  dispose(throwOnRedispose?: boolean): void;
}

interface TensorFlow {
  setWasmPaths?(folder: string): void;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  getBackend(): string;
  memory(): { numTensors: number };
  tensor3d(values: Uint8Array, shape: [number, number, number], dtype: 'int32'): Tensor;
  /** Disposes what is made inside and not returned. */
  tidy<T>(work: () => T): T;
  io: {
    decodeWeights(bytes: ArrayBuffer, specs: readonly unknown[]): Record<string, Tensor>;
  };
}

export interface FaceApi {
  readonly tf: TensorFlow;
  readonly NetInput: new (images: readonly Tensor[]) => NetInput;
  readonly SsdMobilenetv1: new () => Net<{ boxes: Tensor[]; scores: Tensor[] }>;
  readonly FaceLandmark68Net: new () => Net<Tensor>;
  readonly FaceRecognitionNet: new () => Net<Tensor>;
}

/** `node`: TensorFlow's C library; `wasm`: WebAssembly, anywhere. */
export type TfjsBackend = 'node' | 'wasm';

/**
 * face-api on tfjs-node where that is installed and loads (it does not on Node 23 and later), else on WebAssembly.
 * @param backend only this one
 * @throws FacematchError `engine-unsupported` when it does not load
 */
export async function loadFaceApi(backend?: TfjsBackend): Promise<FaceApi> {
  const causes: unknown[] = [];
  if (backend !== 'wasm') {
    try {
      return await loadOnTfjsNode();
    } catch (error) {
      causes.push(error);
    }
  }
  if (backend !== 'node') {
    try {
      return await loadOnWasm();
    } catch (error) {
      causes.push(error);
    }
  }
  throw new FacematchError(
    'engine-unsupported',
    `face-api does not load on TensorFlow.js (${backend ?? 'node, wasm'}) here.`,
    {},
    { cause: new AggregateError(causes) },
  );
}

async function loadOnTfjsNode(): Promise<FaceApi> {
  const api: FaceApi = require('@vladmandic/face-api/dist/face-api.node.js');
  if (!(await api.tf.setBackend('tensorflow'))) throw new Error('the tensorflow backend refused to start');
  await api.tf.ready();
  return api;
}

async function loadOnWasm(): Promise<FaceApi> {
  const api: FaceApi = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
  const root = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  api.tf.setWasmPaths?.(`${join(root, 'dist')}/`);
  if (!(await api.tf.setBackend('wasm'))) throw new Error('the wasm backend refused to start');
  await api.tf.ready();
  return api;
}
