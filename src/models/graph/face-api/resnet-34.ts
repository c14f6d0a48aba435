import type { ModelCard } from '../../card.js';
import { GraphBuilder } from '../graph-builder.js';
import { addPreprocessing, graphInput, graphOutputs, graphTensors } from '../interface.js';
import { type Feature, Layers, opset } from './layers.js';
import type { Weights } from './weights.js';

/** Blocks after the first convolution, in order; `down` halves the maps. */
const blocks = [
  { name: 'conv32_1', channels: 32, down: false },
  { name: 'conv32_2', channels: 32, down: false },
  { name: 'conv32_3', channels: 32, down: false },
  { name: 'conv64_down', channels: 64, down: true },
  { name: 'conv64_1', channels: 64, down: false },
  { name: 'conv64_2', channels: 64, down: false },
  { name: 'conv64_3', channels: 64, down: false },
  { name: 'conv128_down', channels: 128, down: true },
  { name: 'conv128_1', channels: 128, down: false },
  { name: 'conv128_2', channels: 128, down: false },
  { name: 'conv256_down', channels: 256, down: true },
  { name: 'conv256_1', channels: 256, down: false },
  { name: 'conv256_2', channels: 256, down: false },
  { name: 'conv256_down_out', channels: 256, down: true },
] as const;

/** dlib's residual network with 29 convolutions, from face-api's `face_recognition_model`. */
export function buildResnet34(card: ModelCard, weights: Weights): Uint8Array {
  const builder = new GraphBuilder('resnet');
  const layers = new Layers(builder);

  const conv = (
    x: Feature,
    prefix: string,
    outputs: number,
    kernel: number,
    stride: number,
    padding: 'same' | 'valid',
  ) => {
    const filters = weights.get(`${prefix}/conv/filters`, [kernel, kernel, x.channels, outputs]);
    const convBias = weights.get(`${prefix}/conv/bias`, [outputs]);
    const scale = weights.get(`${prefix}/scale/weights`, [outputs]);
    const offset = weights.get(`${prefix}/scale/biases`, [outputs]);
    // scale × (conv + bias) + offset
    const bias = convBias.map((value, i) => value * (scale[i] ?? 1) + (offset[i] ?? 0));
    return layers.conv(x, outputs, { filters, kernel, stride, padding, bias, scale });
  };

  let x: Feature = {
    name: addPreprocessing(builder, card),
    channels: 3,
    height: card.input.height,
    width: card.input.width,
  };
  x = layers.relu(conv(x, 'conv32_down', 32, 7, 2, 'valid'));
  x = layers.pool(x, 'MaxPool', 3, 2);
  for (const { name, channels, down } of blocks) {
    const first = layers.relu(conv(x, `${name}/conv1`, channels, 3, down ? 2 : 1, down ? 'valid' : 'same'));
    const second = conv(first, `${name}/conv2`, channels, 3, 1, 'same');
    const shortcut = down ? layers.pool(x, 'AveragePool', 2, 2) : x;
    // dlib adds maps of different sizes by taking what is missing in either as zero.
    x = layers.relu(
      layers.add(
        layers.padEnd(shortcut, channels - shortcut.channels, 0, 0),
        layers.padEnd(second, 0, shortcut.height - second.height, shortcut.width - second.width),
      ),
    );
  }
  const mean: Feature = { ...x, name: builder.node('GlobalAveragePool', [x.name]), height: 1, width: 1 };
  const { length } = card.output;
  layers.dense(mean, length, weights.get('fc', [mean.channels, length]), undefined, graphTensors.embedding);
  return builder.encode({ name: card.id, opset, inputs: [graphInput(card)], outputs: graphOutputs(card) });
}
