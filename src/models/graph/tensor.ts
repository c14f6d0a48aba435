import { type Int64, type OnnxTensor, type OnnxValueInfo, tensorTypes } from './onnx.js';

export const toNumber = (value: Int64): number => (typeof value === 'number' ? value : value.toNumber());

export const elements = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

// ONNX raw data is little-endian whatever machine wrote it, so values go through a DataView.
export function floatTensor(name: string, shape: readonly number[], values: ArrayLike<number>): OnnxTensor {
  const rawData = new Uint8Array(values.length * 4);
  const view = new DataView(rawData.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i] ?? 0, true);
  return { name, dims: [...shape], dataType: tensorTypes.float, rawData };
}

export function int64Tensor(name: string, values: readonly number[], scalar = false): OnnxTensor {
  const rawData = new Uint8Array(values.length * 8);
  const view = new DataView(rawData.buffer);
  values.forEach((value, i) => {
    view.setBigInt64(i * 8, BigInt(value), true);
  });
  return { name, dims: scalar ? [] : [values.length], dataType: tensorTypes.int64, rawData };
}

/** Values of a float32 tensor, undefined for another type. */
export function readFloats(tensor: OnnxTensor): Float32Array | undefined {
  if (tensor.dataType !== tensorTypes.float) return undefined;
  if (!tensor.rawData?.length) return Float32Array.from(tensor.floatData ?? []);
  const { buffer, byteOffset, byteLength } = tensor.rawData;
  const view = new DataView(buffer, byteOffset, byteLength);
  return Float32Array.from({ length: byteLength / 4 }, (_, i) => view.getFloat32(i * 4, true));
}

/** Values of an int64 tensor, undefined for another type. */
export function readInt64s(tensor: OnnxTensor): number[] | undefined {
  if (tensor.dataType !== tensorTypes.int64) return undefined;
  if (!tensor.rawData?.length) return (tensor.int64Data ?? []).map(toNumber);
  const { buffer, byteOffset, byteLength } = tensor.rawData;
  const view = new DataView(buffer, byteOffset, byteLength);
  return Array.from({ length: byteLength / 8 }, (_, i) => Number(view.getBigInt64(i * 8, true)));
}

/** A string stands for a dynamic size. */
export function valueInfo(
  name: string,
  elemType: number,
  shape: readonly (number | string)[],
): OnnxValueInfo {
  const dim = shape.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
