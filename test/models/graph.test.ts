import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { createOnnxEngine } from '../../src/face/engine/onnx.js';
import { buildModels, graphPath } from '../../src/models/build.js';
import type { EmbedderCard } from '../../src/models/card.js';
import { sha256 } from '../../src/models/files.js';
import { buildGraph } from '../../src/models/graph/architectures.js';
import { GraphBuilder } from '../../src/models/graph/graph-builder.js';
import { decodeModel, encodeModel, tensorTypes } from '../../src/models/graph/onnx.js';
import { valueInfo } from '../../src/models/graph/tensor.js';
import { cardCopy, temporaryFolder } from './support.js';

const side = 8;
/** An operator's network whose embedding can be worked out by hand: PReLU, then the mean of each channel, batch of one. */
function ownGraph(slope = [0.25, 0.5, 2], opType = 'PRelu'): Uint8Array {
  const builder = new GraphBuilder('own');
  // Named like the common tensors, so that the builder has to move them out of the way.
  const x =
    opType === 'PRelu'
      ? builder.node('PRelu', ['pixels', builder.floats([3, 1, 1], slope)])
      : builder.node(opType, ['pixels']);
  const mean = builder.node('GlobalAveragePool', [x]);
  builder.node('Reshape', [mean, builder.int64s([1, -1])], {}, 'embedding');
  return builder.encode({
    name: 'own',
    opset: 11,
    inputs: [valueInfo('pixels', tensorTypes.float, [1, 3, side, side])],
    outputs: [valueInfo('embedding', tensorTypes.float, [1, 3])],
  });
}

function ownCard(graph: Uint8Array, file: string): EmbedderCard {
  const card = cardCopy('mobilefacenet-512', 'embedder');
  card.id = 'own';
  card.source = { kind: 'file', file, sha256: sha256(graph) };
  card.graph = {
    architecture: 'onnx',
    input: 'pixels',
    outputs: { embedding: 'embedding' },
    rewritePRelu: true,
    sha256: 'a'.repeat(64),
  };
  Object.assign(card.input, {
    width: side,
    height: side,
    channels: 'BGR',
    mean: [10, 100, 50],
    scale: [10, 50, 5],
  });
  card.alignment.size = side;
  card.output.length = 3;
  return card;
}

async function ownEngine(t: TestContext, graph: Uint8Array) {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'own.onnx');
  await writeFile(file, graph);
  const card = ownCard(graph, file);
  card.graph.sha256 = sha256(buildGraph(card, { weights: graph }));
  const outDir = join(folder, 'build');
  await buildModels({ cards: [card], outDir });
  const engine = await createOnnxEngine({ cards: [card], buildDir: outDir, threads: 1 });
  t.after(() => engine.close());
  return { card, engine, path: graphPath(card, outDir) };
}

/** One colour everywhere. */
const plain = (...rgb: number[]) => Uint8Array.from({ length: side * side * 3 }, (_, i) => rgb[i % 3] ?? 0);

test("an operator's file needs only a card: channel order, mean, scale, PReLU and batch, worked out by hand", async (t) => {
  const { card, engine } = await ownEngine(t, ownGraph());
  // Red 20, green 50, blue 30. Blue first: (30 - 10) / 10 = 2; (50 - 100) / 50 = -1, × 0.5; (20 - 50) / 5 = -6, × 2.
  // Red 60, green 150, blue 0: (0 - 10) / 10 = -1, × 0.25; (150 - 100) / 50 = 1; (60 - 50) / 5 = 2.
  const pixels = Buffer.concat([plain(20, 50, 30), plain(60, 150, 0)]);
  assert.deepEqual([...(await engine.embed(card, pixels, 2))], [2, -0.5, -12, -0.25, 1, 2]);
});

test('PReLUs are gone from the built graph unless the card keeps them', () => {
  const graph = ownGraph();
  const card = ownCard(graph, 'own.onnx');
  const operators = (keep: boolean) => {
    assert.ok(card.graph.architecture === 'onnx');
    card.graph.rewritePRelu = !keep;
    return decodeModel(buildGraph(card, { weights: graph })).graph.node.map(({ opType }) => opType);
  };
  assert.ok(operators(true).includes('PRelu'));
  assert.ok(!operators(false).includes('PRelu'));
});

test('a network that puts out NaN is an internal error, not a score', async (t) => {
  const { card, engine } = await ownEngine(t, ownGraph([], 'Log'));
  await assert.rejects(engine.embed(card, plain(0, 0, 0), 1), { code: 'internal', message: /not finite/ });
});

test('pixels of another size are refused', async (t) => {
  const { card, engine } = await ownEngine(t, ownGraph());
  await assert.rejects(engine.embed(card, new Uint8Array(10), 1), { code: 'internal' });
  await assert.rejects(engine.embed(card, plain(1, 2, 3), 0), { code: 'internal' });
});

test('a missing graph, and one with a flipped bit, are refused before they run', async (t) => {
  const { card, path } = await ownEngine(t, ownGraph());
  const buildDir = join(path, '..');
  await writeFile(path, ownGraph());
  await assert.rejects(createOnnxEngine({ cards: [card], buildDir, threads: 1 }), { code: 'model-corrupt' });
  const elsewhere = await temporaryFolder(t);
  await assert.rejects(createOnnxEngine({ cards: [card], buildDir: elsewhere, threads: 1 }), {
    code: 'model-missing',
  });
});

test('a card that names tensors the file lacks is refused by field', () => {
  const graph = ownGraph();
  for (const [field, change] of [
    ['graph.input', { input: 'data' }],
    ['graph.outputs.embedding', { outputs: { embedding: 'fc1' } }],
  ] as const) {
    const card = ownCard(graph, 'own.onnx');
    Object.assign(card.graph, change);
    assert.throws(() => buildGraph(card, { weights: graph }), {
      code: 'card-invalid',
      facts: { model: 'own@1.0.0', field },
    });
  }
});

test('bytes that are no ONNX model are refused', () => {
  for (const bytes of [new Uint8Array(), Buffer.from('not a model'), ownGraph().subarray(0, 40)]) {
    assert.throws(() => buildGraph(ownCard(bytes, 'own.onnx'), { weights: bytes }), {
      code: 'weights-mismatch',
    });
  }
});

test('fields the schema does not name survive decoding and encoding', () => {
  // Field 14 of a model, metadata_props: { key: "a", value: "b" }.
  const metadata = Buffer.from('72060a016112 0162'.replace(' ', ''), 'hex');
  const bytes = encodeModel(decodeModel(Buffer.concat([ownGraph(), metadata])));
  assert.ok(Buffer.from(bytes).includes(metadata));
});
