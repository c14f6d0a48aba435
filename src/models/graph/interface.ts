import type { ModelCard } from '../card.js';
import type { GraphBuilder } from './graph-builder.js';
import { type OnnxValueInfo, tensorTypes } from './onnx.js';
import { valueInfo } from './tensor.js';

/** Names of the tensors by which every built graph is fed and read, whatever its source called them. */
export const graphTensors = {
  pixels: 'pixels',
  scores: 'scores',
  boxes: 'boxes',
  points: 'points',
  embedding: 'embedding',
} as const;

/** Landmarks of the iBUG 300-W annotation. */
export const landmarkCount = 68;

export const channelCount = (card: ModelCard): number => (card.input.channels === 'GRAY' ? 1 : 3);

/** `pixels`: uint8, `N × height × width × channels`, RGB or grey. */
export function graphInput(card: ModelCard): OnnxValueInfo {
  const { width, height } = card.input;
  return valueInfo(graphTensors.pixels, tensorTypes.uint8, ['N', height, width, channelCount(card)]);
}

/**
 * Detector: `scores` `N × A` and `boxes` `N × A × 4` (left, top, right, bottom as fractions of the input).
 * Landmarks: `points` `N × 68 × 2` (x, y as fractions of the crop). Embedder: `embedding` `N × D`. All float32.
 */
export function graphOutputs(card: ModelCard): OnnxValueInfo[] {
  const { float } = tensorTypes;
  switch (card.role) {
    case 'detector':
      return [
        valueInfo(graphTensors.scores, float, ['N', card.output.length]),
        valueInfo(graphTensors.boxes, float, ['N', card.output.length, 4]),
      ];
    case 'landmarks':
      return [valueInfo(graphTensors.points, float, ['N', landmarkCount, 2])];
    case 'embedder':
      return [valueInfo(graphTensors.embedding, float, ['N', card.output.length])];
  }
}

/**
 * From `pixels` to the float tensor `N × channels × height × width` the network was trained on: planes instead
 * of pixels, the card's channel order, then (x - mean) / scale.
 */
export function addPreprocessing(builder: GraphBuilder, card: ModelCard): string {
  const { channels, mean, scale } = card.input;
  const perChannel = [1, channelCount(card), 1, 1];
  let x = builder.node('Transpose', [graphTensors.pixels], { perm: [0, 3, 1, 2] });
  if (channels === 'BGR') x = builder.node('Gather', [x, builder.int64s([2, 1, 0])], { axis: 1 });
  x = builder.node('Cast', [x], { to: tensorTypes.float });
  x = builder.node('Sub', [x, builder.floats(perChannel, mean)]);
  return builder.node('Div', [x, builder.floats(perChannel, scale)]);
}
