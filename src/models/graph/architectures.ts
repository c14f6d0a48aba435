import type { Architecture, ModelCard } from '../card.js';
import { buildLandmarks68 } from './face-api/landmarks-68.js';
import { buildResnet34 } from './face-api/resnet-34.js';
import { buildSsdMobilenetV1 } from './face-api/ssd-mobilenet-v1.js';
import { readWeights, type Weights } from './face-api/weights.js';
import { buildPublished } from './published.js';

/** Files of a network's source, verified against its card. */
export interface SourceFiles {
  readonly weights: Uint8Array;
  readonly manifest?: Uint8Array | undefined;
}

type GraphFunction = (card: ModelCard, files: SourceFiles) => Uint8Array;

const noManifest = new Uint8Array();
const fromFaceApi =
  (build: (card: ModelCard, weights: Weights) => Uint8Array): GraphFunction =>
  (card, { weights, manifest }) =>
    build(card, readWeights(weights, manifest ?? noManifest));

const graphFunctions: Readonly<Record<Architecture, GraphFunction>> = {
  onnx: (card, { weights }) => buildPublished(card, weights),
  'face-api-ssd-mobilenet-v1': fromFaceApi(buildSsdMobilenetV1),
  'face-api-landmarks-68': fromFaceApi(buildLandmarks68),
  'face-api-resnet-34': fromFaceApi(buildResnet34),
};

/**
 * Bytes of an ONNX file with the common interface (`interface.ts`). The same card and files always give the same bytes.
 * @throws FacematchError `weights-mismatch` (not the files the architecture needs), `card-invalid` (a tensor the file lacks)
 */
export function buildGraph(card: ModelCard, files: SourceFiles): Uint8Array {
  return graphFunctions[card.graph.architecture](card, files);
}
