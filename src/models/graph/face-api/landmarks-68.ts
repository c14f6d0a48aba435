import type { ModelCard } from '../../card.js';
import { GraphBuilder } from '../graph-builder.js';
import { addPreprocessing, graphInput, graphOutputs, graphTensors, landmarkCount } from '../interface.js';
import { type Feature, Layers, opset } from './layers.js';
import type { Weights } from './weights.js';

const blockChannels = [32, 64, 128, 256] as const;

/** Four densely connected blocks of separable convolutions, from face-api's `face_landmark_68_model`. */
export function buildLandmarks68(card: ModelCard, weights: Weights): Uint8Array {
  const builder = new GraphBuilder('landmarks');
  const layers = new Layers(builder);

  const separable = (x: Feature, prefix: string, outputs: number, stride: number): Feature => {
    const depthwise = weights.get(`${prefix}/depthwise_filter`, [3, 3, x.channels, 1]);
    const pointwise = weights.get(`${prefix}/pointwise_filter`, [1, 1, x.channels, outputs]);
    const bias = weights.get(`${prefix}/bias`, [outputs]);
    const spread = layers.depthwise(x, { filters: depthwise, kernel: 3, stride, padding: 'same' });
    return layers.conv(spread, outputs, { filters: pointwise, kernel: 1, stride: 1, padding: 'same', bias });
  };
  const firstConvolution = (x: Feature, prefix: string, outputs: number): Feature =>
    layers.conv(x, outputs, {
      filters: weights.get(`${prefix}/filters`, [3, 3, x.channels, outputs]),
      bias: weights.get(`${prefix}/bias`, [outputs]),
      kernel: 3,
      stride: 2,
      padding: 'same',
    });

  let x: Feature = {
    name: addPreprocessing(builder, card),
    channels: 3,
    height: card.input.height,
    width: card.input.width,
  };
  blockChannels.forEach((channels, block) => {
    const start =
      block === 0 ? firstConvolution : (f: Feature, p: string, c: number) => separable(f, p, c, 2);
    let sum = layers.relu(start(x, `dense${block}/conv0`, channels));
    let last = sum;
    // Each convolution sees the rectified sum of all outputs before it; the sum itself stays unrectified.
    for (const i of [1, 2, 3]) {
      sum = layers.add(sum, separable(last, `dense${block}/conv${i}`, channels, 1));
      last = layers.relu(sum);
    }
    x = last;
  });
  x = layers.pool(x, 'AveragePool', 7, 2);
  const outputs = landmarkCount * 2;
  const dense = layers.dense(
    x,
    outputs,
    weights.get('fc/weights', [x.channels * x.height * x.width, outputs]),
    weights.get('fc/bias', [outputs]),
    'coordinates',
  );
  builder.node('Reshape', [dense, builder.int64s([-1, landmarkCount, 2])], {}, graphTensors.points);
  return builder.encode({ name: card.id, opset, inputs: [graphInput(card)], outputs: graphOutputs(card) });
}
