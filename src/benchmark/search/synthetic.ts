import type { Random } from '../../evaluation/statistics/random.js';
import { GraphBuilder } from '../../models/graph/graph-builder.js';
import { tensorTypes } from '../../models/graph/onnx.js';
import { valueInfo } from '../../models/graph/tensor.js';
import * as ort from '../../onnxRuntime.js';

/** Multiplies `left` (rows × width) by `right` (width × columns); both float32, row by row. */
export type Multiply = (left: Float32Array, right: Float32Array, width: number) => Promise<Float32Array>;

/** By ONNX Runtime on two threads. */
export async function openMultiply(): Promise<{ multiply: Multiply; close(): Promise<void> }> {
  const builder = new GraphBuilder('multiply');
  builder.node('MatMul', ['left', 'right'], {}, 'product');
  const info = (name: string, rows: string, columns: string) =>
    valueInfo(name, tensorTypes.float, [rows, columns]);
  const graph = builder.encode({
    name: 'multiply',
    opset: 13,
    inputs: [info('left', 'M', 'K'), info('right', 'K', 'N')],
    outputs: [info('product', 'M', 'N')],
  });
  const session = await ort.InferenceSession.create(graph, { intraOpNumThreads: 2, logSeverityLevel: 3 });
  return {
    async multiply(left, right, width) {
      const { product } = await session.run({
        left: new ort.Tensor('float32', left, [left.length / width, width]),
        right: new ort.Tensor('float32', right, [width, right.length / width]),
      });
      return product?.data as Float32Array;
    },
    close: () => session.release(),
  };
}

/** Faces that nobody has: normal around the mean of real embeddings, with their covariance, scaled to length 1. */
export interface Synthetic {
  readonly width: number;
  /** Row by row. */
  draw(count: number): Promise<Float32Array>;
}

export function syntheticLike(real: readonly Float32Array[], multiply: Multiply, random: Random): Synthetic {
  const width = real[0]?.length ?? 0;
  const mean = meanOf(real, width);
  const root = choleskyTransposed(covarianceOf(real, mean), width);
  return {
    width,
    async draw(count) {
      const drawn = await multiply(normals(count * width, random), root, width);
      for (let row = 0; row < count; row++) {
        let squares = 0;
        for (let k = 0, at = row * width; k < width; k++, at++) {
          const value = (drawn[at] as number) + (mean[k] as number);
          drawn[at] = value;
          squares += value * value;
        }
        const scale = 1 / Math.sqrt(squares);
        for (let at = row * width; at < (row + 1) * width; at++) drawn[at] = (drawn[at] as number) * scale;
      }
      return drawn;
    },
  };
}

function meanOf(rows: readonly Float32Array[], width: number): Float64Array {
  const mean = new Float64Array(width);
  for (const row of rows) for (let k = 0; k < width; k++) mean[k] = (mean[k] as number) + (row[k] as number);
  return mean.map((sum) => sum / rows.length);
}

function covarianceOf(rows: readonly Float32Array[], mean: Float64Array): Float64Array {
  const width = mean.length;
  const covariance = new Float64Array(width * width);
  const centred = new Float64Array(width);
  for (const row of rows) {
    for (let k = 0; k < width; k++) centred[k] = (row[k] as number) - (mean[k] as number);
    for (let i = 0; i < width; i++) {
      const value = centred[i] as number;
      for (let j = 0, at = i * width; j <= i; j++, at++) {
        covariance[at] = (covariance[at] as number) + value * (centred[j] as number);
      }
    }
  }
  return covariance.map((sum) => sum / rows.length);
}

/**
 * The Cholesky factor, transposed, of a symmetric matrix given by its lower triangle. With fewer photos than numbers the
 * covariance has no full rank: a millionth of its trace is added to the diagonal.
 */
function choleskyTransposed(lower: Float64Array, width: number): Float32Array {
  let trace = 0;
  for (let i = 0; i < width; i++) trace += lower[i * width + i] as number;
  const factor = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = (lower[i * width + j] as number) + (i === j ? (1e-6 * trace) / width : 0);
      for (let k = 0; k < j; k++) {
        sum -= (factor[i * width + k] as number) * (factor[j * width + k] as number);
      }
      factor[i * width + j] =
        i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (factor[j * width + j] as number);
    }
  }
  const transposed = new Float32Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) transposed[j * width + i] = factor[i * width + j] as number;
  }
  return transposed;
}

/** Standard normal numbers (Box and Muller, Annals of Mathematical Statistics 29, 1958). */
function normals(count: number, random: Random): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}
