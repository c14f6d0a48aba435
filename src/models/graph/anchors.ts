import type { ModelCard } from '../card.js';
import type { OnnxGraph } from './onnx.js';
import { floatTensor } from './tensor.js';

type Anchors = NonNullable<Extract<ModelCard['graph'], { architecture: 'onnx' }>['anchors']>;

/**
 * Gives a fully convolutional single-shot detector candidate boxes for another input size than it was published with:
 * for each cell of each of its feature maps, boxes of the sides (in pixels) that belong to that map. Centres and
 * sizes are fractions of the input, the centres those of equal cells, as in Liu et al., "SSD: Single Shot MultiBox
 * Detector" (2016), section 2.2.
 */
export function moveAnchors(
  graph: OnnxGraph,
  { centres, sizes, maps }: Anchors,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  const places: number[] = [];
  const spans: number[] = [];
  for (const { stride, sides } of maps) {
    const columns = Math.ceil(width / stride);
    const rows = Math.ceil(height / stride);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        for (const side of sides) {
          places.push((column + 0.5) / columns, (row + 0.5) / rows);
          spans.push(side / width, side / height);
        }
  }
  for (const node of graph.node) {
    const [name] = node.output;
    if (node.opType !== 'Constant' || name === undefined) continue;
    const values = centres.includes(name) ? places : sizes.includes(name) ? spans : undefined;
    const attribute = node.attribute.find((candidate) => candidate.name === 'value');
    if (values === undefined || attribute === undefined) continue;
    attribute.t = floatTensor('', [1, values.length / 2, 2], values);
  }
}
