import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { isFacematchError } from '../../src/errors.js';
import { loadCards, modelId, parseCard, requireCard } from '../../src/models/card.js';
import { cards, modelsDir, temporaryFolder } from './support.js';

type Json = Record<string, unknown>;
const json = (id: string): Json =>
  JSON.parse(readFileSync(join(modelsDir, `${id}.card.json`), 'utf8')) as Json;

function broken(id: string, path: string, value: unknown): Json {
  const card = json(id);
  const keys = path.split('.');
  const last = keys.pop()!;
  let at: Json = card;
  for (const key of keys) at = at[key] as Json;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return card;
}

test('the shipped cards', () => {
  assert.deepEqual(
    [...cards.values()].map((card) => [card.role, modelId(card), card.output.length]),
    [
      ['embedder', 'dlib-resnet-128@1.0.0', 128],
      ['landmarks', 'face-landmark-68@1.0.0', 136],
      ['landmarks', 'landmark-68-small@1.0.0', 136],
      ['embedder', 'mobilefacenet-512@1.0.0', 512],
      ['detector', 'ssd-mobilenet-v1@1.0.0', 1284],
      ['detector', 'ultraface-128@1.0.0', 1178],
      ['detector', 'ultraface-320@1.0.0', 4420],
    ],
  );
});

test("dlib's template is its mean face shape with padding 0.25 at 150 pixels", () => {
  const card = requireCard(cards, 'dlib-resnet-128');
  assert.ok(card.role === 'embedder');
  assert.equal(card.alignment.landmarks.length, 36);
  // Landmark 30, the nose tip: (0.25 + 0.490127) / 1.5 × 150 and (0.25 + 0.515625) / 1.5 × 150.
  const noseTip = card.alignment.landmarks.findIndex((group) => group.join() === '30');
  assert.deepEqual(card.alignment.template[noseTip], [74.0127, 76.5625]);
});

/** One field broken at a time: the card, the field, its value (undefined: left out), the field the error names. */
const breakages: [id: string, path: string, value: unknown, named?: string][] = [
  ['mobilefacenet-512', 'id', 'Upper Case'],
  ['mobilefacenet-512', 'id', undefined],
  ['mobilefacenet-512', 'version', ''],
  ['mobilefacenet-512', 'role', 'oracle'],
  ['mobilefacenet-512', 'title', ''],
  ['mobilefacenet-512', 'licence', undefined],
  ['mobilefacenet-512', 'authors', []],
  ['mobilefacenet-512', 'source.kind', 'url'],
  ['mobilefacenet-512', 'source.package', '../evil'],
  ['mobilefacenet-512', 'source.version', 'latest version'],
  ['mobilefacenet-512', 'source.integrity', 'sha1-abc'],
  ['mobilefacenet-512', 'source.file', '../../etc/passwd'],
  ['mobilefacenet-512', 'source.sha256', 'AB'],
  ['mobilefacenet-512', 'source.url', 'x', 'source.url'],
  ['ssd-mobilenet-v1', 'source.manifest.sha256', ''],
  ['mobilefacenet-512', 'graph.architecture', 'transformer'],
  ['mobilefacenet-512', 'graph.input', ''],
  ['mobilefacenet-512', 'graph.outputs.embedding', undefined],
  ['mobilefacenet-512', 'graph.rewritePRelu', 'yes'],
  ['mobilefacenet-512', 'graph.sha256', undefined],
  ['ultraface-320', 'graph.outputs.boxes', undefined],
  ['ultraface-320', 'graph.scoreClass', -1],
  ['mobilefacenet-512', 'input.width', 112.5],
  ['mobilefacenet-512', 'input.height', 0],
  ['mobilefacenet-512', 'input.layout', 'NHWC'],
  ['mobilefacenet-512', 'input.channels', 'HSV'],
  ['mobilefacenet-512', 'input.mean', [127.5]],
  ['mobilefacenet-512', 'input.scale', [0, 1, 1], 'input.scale.0'],
  ['landmark-68-small', 'input.scale', [256, 256, 256]],
  ['mobilefacenet-512', 'alignment', undefined],
  ['mobilefacenet-512', 'alignment.size', 150],
  ['mobilefacenet-512', 'alignment.template', [[1, 2]]],
  ['mobilefacenet-512', 'alignment.landmarks', [[30], [68]], 'alignment.landmarks.1.0'],
  ['mobilefacenet-512', 'output.length', 0],
  ['landmark-68-small', 'output.length', 10],
  ['landmark-68-small', 'crop.boxScale', 0],
  ['landmark-68-small', 'detection', {}, 'detection'],
  ['ultraface-320', 'detection.minConfidence', 1.5],
  ['ultraface-320', 'detection.nmsIou', undefined],
  ['ultraface-320', 'measured', [{ what: 'speed' }], 'measured.0.value'],
  ['ultraface-320', 'licenze', 'MIT', 'licenze'],
];

for (const [id, path, value, named = path] of breakages) {
  test(`${id} with ${path} ${value === undefined ? 'left out' : `= ${JSON.stringify(value)}`} is refused`, () => {
    assert.throws(
      () => parseCard(broken(id, path, value), 'some.card.json'),
      (error) =>
        isFacematchError(error, 'card-invalid') &&
        error.facts['field'] === named &&
        error.message.includes('some.card.json'),
    );
  });
}

test('a file that is no JSON, or whose name is not its id, is refused', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'x.card.json'), '{');
  assert.throws(() => loadCards(folder), { code: 'card-invalid' });
  await writeFile(join(folder, 'x.card.json'), JSON.stringify(json('mobilefacenet-512')));
  assert.throws(() => loadCards(folder), {
    code: 'card-invalid',
    facts: { card: 'x.card.json', field: 'id' },
  });
});

test("an operator's own file is found beside its card", async (t) => {
  const folder = await temporaryFolder(t);
  const card = broken('mobilefacenet-512', 'source', {
    kind: 'file',
    file: 'own.onnx',
    sha256: 'a'.repeat(64),
  });
  card['id'] = 'own';
  await writeFile(join(folder, 'own.card.json'), JSON.stringify(card));
  assert.equal(loadCards(folder).get('own')?.source.file, join(folder, 'own.onnx'));
  assert.throws(() => requireCard(loadCards(folder), 'other'), { code: 'model-unknown' });
});
