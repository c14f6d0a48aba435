import { z } from 'zod';
import { FacematchError } from '../../../errors.js';
import { elements } from '../tensor.js';

/** Values in the order TensorFlow keeps them: convolutions are `height × width × in × out`. */
export interface Weights {
  /** @throws FacematchError `weights-mismatch` when the file has no such tensor, or one of another shape. */
  get(name: string, shape: readonly number[]): Float32Array;
}

/** The parts of a TensorFlow.js weights manifest that face-api's files use. */
const manifestSchema = z
  .array(
    z.object({
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.int().min(0)),
          dtype: z.enum(['float32', 'int32']),
          quantization: z
            .object({ dtype: z.literal('uint8'), scale: z.number(), min: z.number() })
            .optional(),
        }),
      ),
    }),
  )
  .length(1);

/** Dequantises face-api's weights: uint8 × scale + min, as TensorFlow.js does; some tensors are plain float32. */
export function readWeights(bytes: Uint8Array, manifest: Uint8Array): Weights {
  const parsed = parseManifest(manifest);
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  for (const { name, shape, quantization } of parsed[0]?.weights ?? []) {
    const length = elements(shape);
    const width = quantization ? 1 : 4;
    if (offset + length * width > bytes.length)
      throw mismatch('The weights file is shorter than its manifest says.');
    const start = offset;
    const values = Float32Array.from({ length }, (_, i) =>
      quantization
        ? view.getUint8(start + i) * quantization.scale + quantization.min
        : view.getFloat32(start + 4 * i, true),
    );
    tensors.set(name, { shape, values });
    offset += length * width;
  }
  return {
    get(name, shape) {
      const tensor = tensors.get(name);
      if (tensor?.shape.join() !== shape.join()) {
        throw mismatch(`The weights file has no ${name} of shape ${shape.join(' × ')}.`);
      }
      return tensor.values;
    },
  };
}

function parseManifest(manifest: Uint8Array): z.infer<typeof manifestSchema> {
  try {
    return manifestSchema.parse(JSON.parse(Buffer.from(manifest).toString('utf8')));
  } catch (cause) {
    throw new FacematchError(
      'weights-mismatch',
      'The weights manifest is not one of face-api.',
      {},
      { cause },
    );
  }
}

function mismatch(message: string): FacematchError {
  return new FacematchError('weights-mismatch', message);
}
