import {
  attributeTypes,
  encodeModel,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValueInfo,
  tensorTypes,
} from './onnx.js';
import { floatTensor, int64Tensor } from './tensor.js';

/** Numbers are integers; a float attribute is written `{ float: x }`. */
export type AttributeValue = number | readonly number[] | string | { readonly float: number };

/** Collects nodes and constants under names that depend only on the order of calls, so builds repeat byte for byte. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly #prefix: string;
  #count = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  floats(shape: readonly number[], values: ArrayLike<number>): string {
    const name = this.#name('float');
    this.initializers.push(floatTensor(name, shape, values));
    return name;
  }

  int64s(values: readonly number[]): string {
    const name = this.#name('int64');
    this.initializers.push(int64Tensor(name, values));
    return name;
  }

  /** One uint8. */
  byte(value: number): string {
    const name = this.#name('byte');
    this.initializers.push({ name, dims: [], dataType: tensorTypes.uint8, rawData: Uint8Array.of(value) });
    return name;
  }

  index(value: number): string {
    const name = this.#name('index');
    this.initializers.push(int64Tensor(name, [value], true));
    return name;
  }

  /** Adds a node with one output and returns that output's name. `domain`: of an operator that is not ONNX's own. */
  node(
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    output = this.#name(opType),
    domain?: string,
  ): string {
    this.nodes.push({
      opType,
      ...(domain !== undefined && { domain }),
      // Names of nodes are optional, and a published graph may hold any.
      name: '',
      input: [...input],
      output: [output],
      attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    });
    return output;
  }

  /** A model with these nodes alone. `opset` is the version of the default operator set (ai.onnx). */
  encode(options: {
    name: string;
    opset: number;
    /** Versions of other operator sets. */
    domains?: readonly { domain: string; version: number }[];
    inputs: OnnxValueInfo[];
    outputs: OnnxValueInfo[];
  }): Uint8Array {
    return encodeModel({
      irVersion: 8,
      producerName: 'passport-facematch',
      opsetImport: [{ domain: '', version: options.opset }, ...(options.domains ?? [])],
      graph: {
        name: options.name,
        node: this.nodes,
        initializer: this.initializers,
        input: options.inputs,
        output: options.outputs,
        valueInfo: [],
      },
    });
  }

  #name(hint: string): string {
    return `${this.#prefix}/${this.#count++}/${hint}`;
  }
}

function attribute(name: string, value: AttributeValue): OnnxAttribute {
  if (typeof value === 'number') return { name, type: attributeTypes.int, i: value };
  if (typeof value === 'string') return { name, type: attributeTypes.string, s: Buffer.from(value, 'utf8') };
  if ('float' in value) return { name, type: attributeTypes.float, f: value.float };
  return { name, type: attributeTypes.ints, ints: [...value] };
}
