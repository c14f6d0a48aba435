import { FacematchError } from '../../errors.js';
import { type ModelCard, modelId } from '../card.js';
import { moveAnchors } from './anchors.js';
import { GraphBuilder } from './graph-builder.js';
import { addPreprocessing, graphInput, graphOutputs, graphTensors, landmarkCount } from './interface.js';
import { decodeModel, encodeModel, type OnnxGraph } from './onnx.js';
import { rewritePRelus } from './prelu.js';
import { int64Tensor, readInt64s, toNumber } from './tensor.js';

/**
 * An ONNX file as published, given the common interface: preprocessing in front, a dynamic batch, outputs under
 * their common names.
 * @throws FacematchError `card-invalid` when the file has no tensor of a name the card gives.
 */
export function buildPublished(card: ModelCard, bytes: Uint8Array): Uint8Array {
  if (card.graph.architecture !== 'onnx') {
    throw new FacematchError('internal', 'A published graph was asked for under another architecture.');
  }
  const { input, outputs, scoreClass, rewritePRelu, anchors } = card.graph;
  const model = decodeModel(bytes);
  const { graph } = model;
  const published = moveReservedNames(graph);
  const has = (name: string) => graph.node.some((node) => node.output.includes(name));
  const output = (field: keyof typeof outputs): string => {
    const name = outputs[field];
    if (name === undefined || !has(published(name))) throw noSuchTensor(card, `graph.outputs.${field}`);
    return published(name);
  };
  if (!graph.input.some(({ name }) => name === published(input))) throw noSuchTensor(card, 'graph.input');

  freeBatch(graph);
  if (rewritePRelu) rewritePRelus(graph);
  if (anchors !== undefined) {
    for (const name of [...anchors.centres, ...anchors.sizes])
      if (!has(name)) throw noSuchTensor(card, 'graph.anchors');
    moveAnchors(graph, anchors, card.input);
  }

  const before = new GraphBuilder('facematch-in');
  before.node('Identity', [addPreprocessing(before, card)], {}, published(input));
  const after = new GraphBuilder('facematch-out');
  const reshape = (name: string, shape: number[], to: string) =>
    after.node('Reshape', [name, after.int64s(shape)], {}, to);
  switch (card.role) {
    case 'detector':
      after.node(
        'Gather',
        [output('scores'), after.index(scoreClass ?? 0)],
        { axis: 2 },
        graphTensors.scores,
      );
      after.node('Identity', [output('boxes')], {}, graphTensors.boxes);
      break;
    case 'landmarks':
      reshape(output('points'), [-1, landmarkCount, 2], graphTensors.points);
      break;
    case 'embedder':
      reshape(output('embedding'), [-1, card.output.length], graphTensors.embedding);
      break;
  }

  graph.node = [...before.nodes, ...graph.node, ...after.nodes];
  graph.initializer = [...before.initializers, ...graph.initializer, ...after.initializers];
  graph.input = [graphInput(card), ...graph.input.filter(({ name }) => name !== published(input))];
  graph.output = graphOutputs(card);
  // The published shapes of inner tensors are for a batch of one.
  graph.valueInfo = [];
  // Before version 4 every constant had to be an input too.
  model.irVersion = Math.max(toNumber(model.irVersion), 4);
  return encodeModel(model);
}

/** Moves tensors that already bear one of the common names out of the way; returns the new name of any name. */
function moveReservedNames(graph: OnnxGraph): (name: string) => string {
  const reserved: ReadonlySet<string> = new Set(Object.values(graphTensors));
  const moved = (name: string) => (reserved.has(name) ? `published/${name}` : name);
  for (const node of graph.node) {
    node.input = node.input.map(moved);
    node.output = node.output.map(moved);
  }
  for (const named of [...graph.initializer, ...graph.input]) named.name = moved(named.name);
  return moved;
}

/** A Reshape to a constant shape that begins with 1 was exported for a batch of one: 0 keeps the size it meets. */
function freeBatch(graph: OnnxGraph): void {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  for (const node of graph.node) {
    const [data, shapeName] = node.input;
    if (node.opType !== 'Reshape' || data === undefined || shapeName === undefined || constants.has(data))
      continue;
    const tensor = constants.get(shapeName);
    const shape = tensor && readInt64s(tensor);
    if (shape?.[0] !== 1) continue;
    const name = `${shapeName}/batch`;
    if (!constants.has(name)) {
      const freed = int64Tensor(name, [0, ...shape.slice(1)]);
      constants.set(name, freed);
      graph.initializer.push(freed);
    }
    node.input = [data, name];
  }
}

function noSuchTensor(card: ModelCard, field: string): FacematchError {
  return new FacematchError(
    'card-invalid',
    `The card of ${modelId(card)} names a tensor in ${field} that its file lacks.`,
    {
      model: modelId(card),
      field,
    },
  );
}
