import { GraphBuilder } from './graph-builder.js';
import type { OnnxGraph, OnnxNode } from './onnx.js';
import { readFloats, toNumber } from './tensor.js';

/**
 * Rewrites each PReLU(x) with a constant slope `a` per channel as x + DW₁₋ₐ(Relu(DW₋₁(x))), where DW is a 1×1
 * depthwise convolution. ONNX Runtime then keeps its blocked memory layout throughout and fuses Relu and addition into
 * the convolutions: 3.35 ms instead of 9.4 for a 33-PReLU MobileFaceNet on one AVX-512 thread, with the same output to
 * 4e-7. Relu(x) + DW₋ₐ(Relu(DW₋₁(x))) took 3.6 ms, negating with Neg and Mul 5.8.
 */
export function rewritePRelus(graph: OnnxGraph): void {
  const initializers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const builder = new GraphBuilder('facematch-prelu');
  for (const node of graph.node) {
    const replaced = node.opType === 'PRelu' && rewrite(builder, node, initializers);
    if (!replaced) builder.nodes.push(node);
  }
  const used = new Set(builder.nodes.flatMap((node) => node.input));
  graph.initializer = [
    ...graph.initializer.filter((tensor) => used.has(tensor.name)),
    ...builder.initializers,
  ];
  graph.node = builder.nodes;
}

function rewrite(
  builder: GraphBuilder,
  node: OnnxNode,
  initializers: ReadonlyMap<string, OnnxGraph['initializer'][number]>,
): boolean {
  const [x, slopeName] = node.input;
  const [output] = node.output;
  const slope = slopeName === undefined ? undefined : initializers.get(slopeName);
  const values = slope && readFloats(slope);
  if (x === undefined || output === undefined || !slope || !values) return false;
  const shape = slope.dims.map(toNumber);
  // [C, 1, 1] or [1, C, 1, 1]: one slope a channel. A shared or a per-pixel slope stays a PReLU.
  const channels = shape.at(-3) ?? 0;
  if (channels < 2 || values.length !== channels) return false;

  const perChannel = { group: channels, kernel_shape: [1, 1] };
  const weight = (of: (slope: number) => number) => builder.floats([channels, 1, 1, 1], values.map(of));
  const negated = builder.node('Conv', [x, weight(() => -1)], perChannel);
  const below = builder.node('Relu', [negated]);
  const raised = builder.node('Conv', [below, weight((a) => 1 - a)], perChannel);
  builder.node('Add', [x, raised], {}, output);
  return true;
}
