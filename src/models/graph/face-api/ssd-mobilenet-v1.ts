import type { ModelCard } from '../../card.js';
import { GraphBuilder } from '../graph-builder.js';
import { addPreprocessing, graphInput, graphOutputs, graphTensors } from '../interface.js';
import { type Feature, Layers, opset } from './layers.js';
import { decodeBoxes, readAnchors } from './ssd-anchors.js';
import type { Weights } from './weights.js';

const pairChannels = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024] as const;
const stridedPairs: ReadonlySet<number> = new Set([2, 4, 6, 12]);
const extraChannels = [256, 512, 128, 256, 128, 256, 64, 128] as const;
const batchNormEpsilon = 0.0010000000474974513;
/** Background, face, and one that face-api does not use. */
const classes = 3;
const faceClass = 1;

/** face-api's `ssd_mobilenetv1_model`, on inputs up to 512 × 512; boxes come out decoded, as fractions of the input. */
export function buildSsdMobilenetV1(card: ModelCard, weights: Weights): Uint8Array {
  const builder = new GraphBuilder('ssd');
  const layers = new Layers(builder);

  const conv = (x: Feature, prefix: string, outputs: number, kernel: number, stride: number): Feature =>
    layers.relu6(
      layers.conv(x, outputs, {
        filters: weights.get(`${prefix}/weights`, [kernel, kernel, x.channels, outputs]),
        bias: weights.get(`${prefix}/convolution_bn_offset`, [outputs]),
        kernel,
        stride,
        padding: 'same',
      }),
    );
  const depthwise = (x: Feature, prefix: string, stride: number): Feature => {
    const norm = (name: string) => weights.get(`${prefix}/BatchNorm/${name}`, [x.channels]);
    const [gamma, beta, mean, variance] = [
      norm('gamma'),
      norm('beta'),
      norm('moving_mean'),
      norm('moving_variance'),
    ];
    const scale = Array.from(gamma, (g, i) => g / Math.sqrt((variance[i] ?? 0) + batchNormEpsilon));
    const bias = Array.from(beta, (b, i) => b - (mean[i] ?? 0) * (scale[i] ?? 1));
    const filters = weights.get(`${prefix}/depthwise_weights`, [3, 3, x.channels, 1]);
    return layers.relu6(layers.depthwise(x, { filters, kernel: 3, stride, padding: 'same', bias, scale }));
  };

  let x: Feature = {
    name: addPreprocessing(builder, card),
    channels: 3,
    height: card.input.height,
    width: card.input.width,
  };
  x = conv(x, 'MobilenetV1/Conv2d_0_pointwise', 32, 3, 2);
  const maps: Feature[] = [];
  pairChannels.forEach((channels, i) => {
    const pair = i + 1;
    x = depthwise(x, `MobilenetV1/Conv2d_${pair}_depthwise`, stridedPairs.has(pair) ? 2 : 1);
    x = conv(x, `MobilenetV1/Conv2d_${pair}_pointwise`, channels, 1, 1);
    if (pair === 11 || pair === pairChannels.length) maps.push(x);
  });
  extraChannels.forEach((channels, i) => {
    const halves = i % 2 === 1;
    x = conv(x, `Prediction/Conv2d_${i}_pointwise`, channels, halves ? 3 : 1, halves ? 2 : 1);
    if (halves) maps.push(x);
  });

  const anchors = readAnchors(card, maps, weights);
  const perAnchor = (
    map: Feature,
    prefix: string,
    outputs: number,
    values: number,
    keep?: number,
  ): string => {
    const filters = weights.get(`${prefix}/weights`, [1, 1, map.channels, outputs * values]);
    const bias = weights.get(`${prefix}/biases`, [outputs * values]);
    const pick = (all: Float32Array) =>
      keep === undefined ? all : all.filter((_, i) => i % values === keep);
    const size = keep === undefined ? values : 1;
    const predicted = layers.conv(map, outputs * size, {
      filters: pick(filters),
      bias: pick(bias),
      kernel: 1,
      stride: 1,
      padding: 'same',
    });
    const byCell = builder.node('Transpose', [predicted.name], { perm: [0, 2, 3, 1] });
    return builder.node('Reshape', [byCell, builder.int64s([0, -1, size])]);
  };
  const concat = (parts: string[]) => builder.node('Concat', parts, { axis: 1 });

  const predictor = (i: number) => `Prediction/BoxPredictor_${i}`;
  const encodings = maps.map((map, i) =>
    perAnchor(map, `${predictor(i)}/BoxEncodingPredictor`, anchors.perCell[i] ?? 0, 4),
  );
  const logits = maps.map((map, i) =>
    perAnchor(map, `${predictor(i)}/ClassPredictor`, anchors.perCell[i] ?? 0, classes, faceClass),
  );
  const logit = builder.node('Reshape', [concat(logits), builder.int64s([0, -1])]);
  builder.node('Sigmoid', [logit], {}, graphTensors.scores);
  decodeBoxes(builder, concat(encodings), anchors);
  return builder.encode({ name: card.id, opset, inputs: [graphInput(card)], outputs: graphOutputs(card) });
}
