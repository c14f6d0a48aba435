import { GraphBuilder } from '../../models/graph/graph-builder.js';
import { tensorTypes } from '../../models/graph/onnx.js';
import { valueInfo } from '../../models/graph/tensor.js';

/** How a tile is cut: its tensors stay in a core's cache, and a hit leads to few columns. */
export const tile = { rows: 1024, columns: 2048, group: 64 } as const;

/** Names of the graph's tensors. */
export const tileTensors = { left: 'left', right: 'right', scale: 'scale', highest: 'highest' } as const;

/**
 * A tile of all-against-all as an ONNX graph: `left` uint8 `rows × width` (int8 plus 128), `right` int8 `width × columns`,
 * `scale` float `columns`; `highest` float `rows × columns/group`: of each row's products with the columns, times their
 * scales, the highest of each group. Multiplied in whole numbers by the processor's dot-product instructions where it
 * has them: 290 thousand million products a second on one AVX-512 core, against 105 in float32.
 */
export function tileGraph(width: number): Uint8Array {
  const { rows, columns, group } = tile;
  const builder = new GraphBuilder('tile');
  const products = builder.node(
    'MatMulIntegerToFloat',
    [tileTensors.left, tileTensors.right, builder.floats([], [1]), tileTensors.scale, builder.byte(128)],
    {},
    undefined,
    'com.microsoft',
  );
  const groups = builder.node('Reshape', [products, builder.int64s([rows, columns / group, group])]);
  builder.node('ReduceMax', [groups], { axes: [2], keepdims: 0 }, tileTensors.highest);
  return builder.encode({
    name: 'tile',
    opset: 13,
    domains: [{ domain: 'com.microsoft', version: 1 }],
    inputs: [
      valueInfo(tileTensors.left, tensorTypes.uint8, [rows, width]),
      valueInfo(tileTensors.right, tensorTypes.int8, [width, columns]),
      valueInfo(tileTensors.scale, tensorTypes.float, [columns]),
    ],
    outputs: [valueInfo(tileTensors.highest, tensorTypes.float, [rows, columns / group])],
  });
}
