import type { GraphBuilder } from '../graph-builder.js';
import { elements } from '../tensor.js';

/** A batch of feature maps, `N × channels × height × width`. */
export interface Feature {
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface Convolution {
  /** TensorFlow's order: `kernel × kernel × in × out`; depthwise `kernel × kernel × channels × 1`. */
  readonly filters: Float32Array;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: 'same' | 'valid';
  readonly bias?: ArrayLike<number> | undefined;
  /** One factor for each output channel, folded into the filters. */
  readonly scale?: ArrayLike<number> | undefined;
}

/** Operator set of the graphs written here. */
export const opset = 17;

const outputSize = (size: number, { kernel, stride, padding }: Convolution): number =>
  padding === 'same' ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;

/** TensorFlow's 'same': what is missing, split in two, the odd one after. On even sizes and stride 2: 0 before, 1 after. */
function pads(size: number, convolution: Convolution): [before: number, after: number] {
  if (convolution.padding === 'valid') return [0, 0];
  const { kernel, stride } = convolution;
  const total = Math.max((outputSize(size, convolution) - 1) * stride + kernel - size, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** `height × width × in × out` to ONNX's `out × in × height × width`, each output channel times its scale. */
function reorder(
  filters: Float32Array,
  kernel: number,
  inputs: number,
  outputs: number,
  scale?: ArrayLike<number>,
) {
  const area = kernel * kernel;
  const reordered = new Float32Array(filters.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let k = 0; k < area; k++) {
        reordered[(o * inputs + i) * area + k] =
          (filters[(k * inputs + i) * outputs + o] ?? 0) * (scale?.[o] ?? 1);
      }
    }
  }
  return reordered;
}

export class Layers {
  constructor(readonly builder: GraphBuilder) {}

  conv(x: Feature, outputs: number, convolution: Convolution): Feature {
    return this.#conv(x, outputs, x.channels, 1, convolution);
  }

  depthwise(x: Feature, convolution: Convolution): Feature {
    return this.#conv(x, x.channels, 1, x.channels, convolution);
  }

  #conv(x: Feature, outputs: number, inputs: number, groups: number, convolution: Convolution): Feature {
    const { kernel, stride, filters, bias, scale } = convolution;
    // A depthwise filter lies as height × width × channels × 1: the same order as a 1 × channels one.
    const weights = this.builder.floats(
      [outputs, inputs, kernel, kernel],
      reorder(filters, kernel, inputs, outputs, scale),
    );
    const [top, bottom] = pads(x.height, convolution);
    const [left, right] = pads(x.width, convolution);
    const name = this.builder.node(
      'Conv',
      [x.name, weights, ...(bias ? [this.builder.floats([outputs], bias)] : [])],
      {
        group: groups,
        kernel_shape: [kernel, kernel],
        strides: [stride, stride],
        pads: [top, left, bottom, right],
      },
    );
    return {
      name,
      channels: outputs,
      height: outputSize(x.height, convolution),
      width: outputSize(x.width, convolution),
    };
  }

  relu(x: Feature): Feature {
    return { ...x, name: this.builder.node('Relu', [x.name]) };
  }

  relu6(x: Feature): Feature {
    const limits = [this.builder.floats([], [0]), this.builder.floats([], [6])];
    return { ...x, name: this.builder.node('Clip', [x.name, ...limits]) };
  }

  add(a: Feature, b: Feature): Feature {
    return { ...a, name: this.builder.node('Add', [a.name, b.name]) };
  }

  pool(x: Feature, opType: 'MaxPool' | 'AveragePool', kernel: number, stride: number): Feature {
    const size = (side: number) => Math.floor((side - kernel) / stride) + 1;
    const name = this.builder.node(opType, [x.name], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
    });
    return { ...x, name, height: size(x.height), width: size(x.width) };
  }

  /** Zeros after the last channel, row and column. */
  padEnd(x: Feature, channels: number, rows: number, columns: number): Feature {
    if (channels === 0 && rows === 0 && columns === 0) return x;
    const name = this.builder.node('Pad', [
      x.name,
      this.builder.int64s([0, 0, 0, 0, 0, channels, rows, columns]),
    ]);
    return { name, channels: x.channels + channels, height: x.height + rows, width: x.width + columns };
  }

  /** `N × inputs` times `inputs × outputs`; the input is flattened in channel order. */
  dense(
    x: Feature,
    outputs: number,
    weights: Float32Array,
    bias: Float32Array | undefined,
    output: string,
  ): string {
    const inputs = elements([x.channels, x.height, x.width]);
    const flat = this.builder.node('Flatten', [x.name], { axis: 1 });
    const constants = [this.builder.floats([inputs, outputs], weights)];
    if (bias) constants.push(this.builder.floats([outputs], bias));
    return this.builder.node('Gemm', [flat, ...constants], {}, output);
  }
}
