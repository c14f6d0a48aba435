import { FacematchError } from '../../../errors.js';
import { type ModelCard, modelId } from '../../card.js';
import type { GraphBuilder } from '../graph-builder.js';
import { graphTensors } from '../interface.js';
import type { Feature } from './layers.js';
import type { Weights } from './weights.js';

/** The canvas the published anchors are for, and the feature maps it gives: cells a side, anchors a cell. */
const canvas = 512;
const publishedMaps = [
  { side: 32, perCell: 3 },
  { side: 16, perCell: 6 },
  { side: 8, perCell: 6 },
  { side: 4, perCell: 6 },
  { side: 2, perCell: 6 },
  { side: 1, perCell: 6 },
] as const;
const publishedCount = publishedMaps.reduce((sum, { side, perCell }) => sum + side * side * perCell, 0);

export interface Anchors {
  /** For each feature map. */
  readonly perCell: readonly number[];
  readonly count: number;
  /** `count × 2`: x, y of the centre as fractions of the input. */
  readonly centres: Float32Array;
  /** `count × 2`: width, height as fractions of the input. */
  readonly sizes: Float32Array;
}

/**
 * The network is fully convolutional, so an input smaller than the published canvas is that canvas's top left
 * corner: it takes the anchors of the cells its smaller feature maps have, in fractions of the input.
 * @throws FacematchError `card-invalid` when the input is larger than the canvas, or the card counts other boxes
 */
export function readAnchors(card: ModelCard, maps: readonly Feature[], weights: Weights): Anchors {
  const published = weights.get('Output/extra_dim', [1, publishedCount, 4]);
  if (card.input.width > canvas || card.input.height > canvas) throw invalid(card, 'input.width');
  const toInput = { x: canvas / card.input.width, y: canvas / card.input.height };
  const centres: number[] = [];
  const sizes: number[] = [];
  let start = 0;
  publishedMaps.forEach(({ side, perCell }, m) => {
    const { height, width } = maps[m] ?? { height: 0, width: 0 };
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let a = 0; a < perCell; a++) {
          const at = 4 * (start + (row * side + column) * perCell + a);
          const [top = 0, left = 0, bottom = 0, right = 0] = published.subarray(at, at + 4);
          centres.push(((left + right) / 2) * toInput.x, ((top + bottom) / 2) * toInput.y);
          sizes.push((right - left) * toInput.x, (bottom - top) * toInput.y);
        }
      }
    }
    start += side * side * perCell;
  });
  if (centres.length / 2 !== card.output.length) throw invalid(card, 'output.length');
  return {
    perCell: publishedMaps.map(({ perCell }) => perCell),
    count: centres.length / 2,
    centres: Float32Array.from(centres),
    sizes: Float32Array.from(sizes),
  };
}

/**
 * From encodings `N × A × 4` (y, x, height, width relative to the anchor; offsets tenfold, logarithms of sizes
 * fivefold, as face-api's output layer undoes them) to `boxes`.
 */
export function decodeBoxes(builder: GraphBuilder, encodings: string, anchors: Anchors): void {
  const shape = [1, anchors.count, 2];
  const pick = (indices: number[]) =>
    builder.node('Gather', [encodings, builder.int64s(indices)], { axis: 2 });
  const centres = builder.floats(shape, anchors.centres);
  const tenths = builder.floats(
    shape,
    anchors.sizes.map((size) => size / 10),
  );
  const halves = builder.floats(
    shape,
    anchors.sizes.map((size) => size / 2),
  );
  const shift = builder.node('Mul', [pick([1, 0]), tenths]);
  const centre = builder.node('Add', [shift, centres]);
  const growth = builder.node('Exp', [builder.node('Div', [pick([3, 2]), builder.floats([], [5])])]);
  const half = builder.node('Mul', [growth, halves]);
  const corners = [builder.node('Sub', [centre, half]), builder.node('Add', [centre, half])];
  builder.node('Concat', corners, { axis: 2 }, graphTensors.boxes);
}

function invalid(card: ModelCard, field: string): FacematchError {
  return new FacematchError(
    'card-invalid',
    `The card of ${modelId(card)} does not fit its network in ${field}.`,
    {
      model: modelId(card),
      field,
    },
  );
}
