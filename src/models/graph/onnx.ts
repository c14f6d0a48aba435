import protobuf from 'protobufjs/light.js';
import { FacematchError } from '../../errors.js';

/** protobufjs reads a 64-bit integer as a Long object and writes plain numbers too. */
export type Int64 = number | { toNumber(): number };

export interface OnnxTensor {
  dims: Int64[];
  dataType: number;
  name: string;
  rawData?: Uint8Array;
  floatData?: number[];
  int64Data?: Int64[];
  /** 1: the values are in another file. */
  dataLocation?: number;
}

export interface OnnxAttribute {
  name: string;
  type?: number;
  f?: number;
  i?: Int64;
  s?: Uint8Array;
  t?: OnnxTensor;
  floats?: number[];
  ints?: Int64[];
}

export interface OnnxNode {
  input: string[];
  output: string[];
  name: string;
  opType: string;
  domain?: string;
  attribute: OnnxAttribute[];
}

export interface OnnxValueInfo {
  name: string;
  type: {
    tensorType: { elemType: number; shape: { dim: { dimValue?: Int64; dimParam?: string }[] } };
  };
}

export interface OnnxGraph {
  name: string;
  node: OnnxNode[];
  initializer: OnnxTensor[];
  input: OnnxValueInfo[];
  output: OnnxValueInfo[];
  valueInfo: OnnxValueInfo[];
}

export interface OnnxModel {
  irVersion: Int64;
  producerName: string;
  opsetImport: { domain?: string; version: Int64 }[];
  graph: OnnxGraph;
}

/** TensorProto.DataType (onnx.proto3). */
export const tensorTypes = { float: 1, uint8: 2, int8: 3, int64: 7 } as const;

/** AttributeProto.AttributeType (onnx.proto3). */
export const attributeTypes = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;

const one = (type: string, id: number) => ({ type, id });
const many = (type: string, id: number) => ({ rule: 'repeated', type, id });

/**
 * The messages and fields of onnx.proto3 that are read or written here, under its field numbers. Fields not
 * named here (subgraphs, functions, metadata) survive a decode and an encode as unknown fields.
 */
const messages = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: one('int64', 1),
        producerName: one('string', 2),
        graph: one('Graph', 7),
        opsetImport: many('OperatorSet', 8),
      },
    },
    OperatorSet: { fields: { domain: one('string', 1), version: one('int64', 2) } },
    Graph: {
      fields: {
        node: many('Node', 1),
        name: one('string', 2),
        initializer: many('Tensor', 5),
        input: many('ValueInfo', 11),
        output: many('ValueInfo', 12),
        valueInfo: many('ValueInfo', 13),
      },
    },
    Node: {
      fields: {
        input: many('string', 1),
        output: many('string', 2),
        name: one('string', 3),
        opType: one('string', 4),
        attribute: many('Attribute', 5),
        domain: one('string', 7),
      },
    },
    Attribute: {
      fields: {
        name: one('string', 1),
        f: one('float', 2),
        i: one('int64', 3),
        s: one('bytes', 4),
        t: one('Tensor', 5),
        floats: many('float', 7),
        ints: many('int64', 8),
        type: one('int32', 20),
      },
    },
    Tensor: {
      fields: {
        dims: many('int64', 1),
        dataType: one('int32', 2),
        floatData: many('float', 4),
        int64Data: many('int64', 7),
        name: one('string', 8),
        rawData: one('bytes', 9),
        dataLocation: one('int32', 14),
      },
    },
    ValueInfo: { fields: { name: one('string', 1), type: one('TypeInfo', 2) } },
    TypeInfo: { fields: { tensorType: one('TensorType', 1) } },
    TensorType: { fields: { elemType: one('int32', 1), shape: one('Shape', 2) } },
    Shape: { fields: { dim: many('Dimension', 1) } },
    Dimension: { fields: { dimValue: one('int64', 1), dimParam: one('string', 2) } },
  },
});
const modelMessage = messages.lookupType('Model');

/** @throws FacematchError `weights-mismatch` when the bytes are no ONNX model, or one whose weights lie in other files. */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  let model: OnnxModel;
  try {
    const reader = protobuf.Reader.create(bytes);
    // The library's default drops fields it was not told of.
    reader.discardUnknown = false;
    model = modelMessage.decode(reader) as unknown as OnnxModel;
  } catch (cause) {
    throw new FacematchError('weights-mismatch', 'The weights file is not an ONNX model.', {}, { cause });
  }
  if (!model.graph?.node.length || model.opsetImport.length === 0) {
    throw new FacematchError('weights-mismatch', 'The weights file is not an ONNX model.');
  }
  if (model.graph.initializer.some((tensor) => tensor.dataLocation === 1)) {
    throw new FacematchError(
      'weights-mismatch',
      'The ONNX model keeps its weights in other files; save it as one file.',
    );
  }
  return model;
}

/** The same model always gives the same bytes. */
export function encodeModel(model: OnnxModel): Uint8Array {
  return modelMessage.encode(model as unknown as Record<string, unknown>).finish();
}
