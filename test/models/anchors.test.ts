import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { graphPath } from '../../src/models/build.js';
import { requireCard } from '../../src/models/card.js';
import { moveAnchors } from '../../src/models/graph/anchors.js';
import { decodeModel, type OnnxGraph } from '../../src/models/graph/onnx.js';
import { readFloats, toNumber } from '../../src/models/graph/tensor.js';
import { buildDir, builtCards, cards } from './support.js';

await builtCards('ultraface-128', 'ultraface-320');
const small = requireCard(cards, 'ultraface-128');
const published = requireCard(cards, 'ultraface-320');
assert.ok(small.graph.architecture === 'onnx' && small.graph.anchors);
const { anchors } = small.graph;

const graphOf = async (card: typeof small): Promise<OnnxGraph> =>
  decodeModel(await readFile(graphPath(card, buildDir))).graph;

function constant(graph: OnnxGraph, name: string) {
  const tensor = graph.node.find(({ output }) => output[0] === name)?.attribute[0]?.t;
  assert.ok(tensor);
  return { shape: tensor.dims.map(toNumber), values: readFloats(tensor)! };
}

test('made for the published size, the anchors are the published ones', async () => {
  const before = await graphOf(published);
  const after = await graphOf(published);
  moveAnchors(after, anchors, published.input);
  for (const name of [...anchors.centres, ...anchors.sizes]) {
    const was = constant(before, name);
    const is = constant(after, name);
    assert.deepEqual(is.shape, was.shape);
    // Published sizes end at the input's, which only the very largest would pass.
    for (const [i, value] of is.values.entries())
      assert.ok(Math.abs(Math.min(value, 1) - was.values[i]!) < 1e-6, `${name}[${i}]`);
  }
});

test('for a smaller input there is an anchor for each box the network gives', async () => {
  const graph = await graphOf(small);
  for (const name of [...anchors.centres, ...anchors.sizes])
    assert.deepEqual(constant(graph, name).shape, [1, small.output.length, 2]);
});
