import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rmdir, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { create } from 'tar';
import {
  type BuildProgress,
  buildModels,
  ensureModels,
  graphPath,
  verifyModels,
} from '../../src/models/build.js';
import { integrityOf } from '../../src/models/files.js';
import { buildInProcess, cardCopy, filesIn, root, temporaryFolder } from './support.js';

const faceApi = join(root, 'node_modules', '@vladmandic', 'face-api');
const landmarks = () => cardCopy('face-landmark-68', 'landmarks');
const npmSource = (card: ReturnType<typeof landmarks>) => {
  assert.ok(card.source.kind === 'npm');
  return card.source;
};

/** face-api's landmark files under the name of a package that is not installed, as npm would pack them. */
async function tarball(t: TestContext, files = ['model/face_landmark_68_model.bin']) {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'weights.tgz');
  await create({ file: path, cwd: faceApi, gzip: true, portable: true, prefix: 'package' }, [
    ...files,
    'model/face_landmark_68_model-weights_manifest.json',
    'package.json',
  ]);
  const card = landmarks();
  Object.assign(npmSource(card), { package: 'facematch-not-installed', integrity: await integrityOf(path) });
  return { path, card };
}

test('builds are the same byte for byte, skip what is there, and replace what is corrupt', async (t) => {
  const [first, second] = [await temporaryFolder(t), await temporaryFolder(t)];
  const card = landmarks();
  const stages: BuildProgress['stage'][] = [];
  const onProgress = ({ stage }: BuildProgress) => stages.push(stage);
  assert.equal((await verifyModels([card], first))[0]?.state, 'missing');
  await buildModels({ cards: [card], outDir: first, onProgress });
  await buildModels({ cards: [card], outDir: second });
  const bytes = await readFile(graphPath(card, first));
  assert.deepEqual(await readFile(graphPath(card, second)), bytes);

  await buildModels({ cards: [card], outDir: first, onProgress });
  assert.deepEqual(stages, ['building', 'built', 'present']);

  await writeFile(graphPath(card, first), bytes.subarray(0, 1000));
  assert.equal((await verifyModels([card], first))[0]?.state, 'corrupt');
  let building: readonly string[] = [];
  await ensureModels({ cards: [card], outDir: first, onBuilding: (models) => (building = models) });
  assert.deepEqual(building, ['face-landmark-68@1.0.0']);
  assert.deepEqual(await readFile(graphPath(card, first)), bytes);
  await ensureModels({ cards: [card], outDir: first, onBuilding: () => assert.fail('built twice') });
  assert.deepEqual(await filesIn(first), ['face-landmark-68.onnx']);
});

test('a given tarball yields the same graph as the installed package', async (t) => {
  const outDir = await temporaryFolder(t);
  const { path, card } = await tarball(t);
  await buildModels({ cards: [card], outDir, from: path });
  assert.deepEqual(await filesIn(outDir), ['face-landmark-68.onnx']);
});

const refusals: {
  name: string;
  code: string;
  message: RegExp;
  arrange: (t: TestContext) => Promise<{ card: ReturnType<typeof landmarks>; path?: string }>;
}[] = [
  {
    name: 'a tarball that is not there',
    code: 'weights-unavailable',
    message: /^The tarball of facematch-not-installed@1\.7\.15 cannot be read \(ENOENT\)\.$/,
    arrange: async (t) => ({ ...(await tarball(t)), path: '/nowhere.tgz' }),
  },
  {
    name: 'a tarball of another package',
    code: 'weights-mismatch',
    message: /its sha512 differs from the card's\.$/,
    arrange: async (t) => {
      const made = await tarball(t);
      const bytes = await readFile(made.path);
      bytes[100] = (bytes[100] ?? 0) ^ 1;
      await writeFile(made.path, bytes);
      return made;
    },
  },
  {
    name: 'a tarball without the file',
    code: 'weights-unavailable',
    message: /has no file model\/face_landmark_68_model\.bin\.$/,
    arrange: (t) => tarball(t, []),
  },
  {
    name: 'weights with another hash',
    code: 'weights-mismatch',
    message: /the SHA-256 of model\/face_landmark_68_model\.bin differs\.$/,
    arrange: async () => {
      const card = landmarks();
      npmSource(card).sha256 = 'a'.repeat(64);
      return { card };
    },
  },
  {
    name: 'weights of another network',
    code: 'weights-mismatch',
    message: /^The weights file has no /,
    arrange: async () => {
      const card = landmarks();
      card.graph.architecture = 'face-api-ssd-mobilenet-v1' as 'face-api-landmarks-68';
      return { card };
    },
  },
  {
    name: 'a built graph with another hash',
    code: 'weights-mismatch',
    message: /its card says b{64}\.$/,
    arrange: async () => {
      const card = landmarks();
      card.graph.sha256 = 'b'.repeat(64);
      return { card };
    },
  },
];

for (const { name, code, message, arrange } of refusals) {
  test(`${name}: ${code}, and no file is left`, async (t) => {
    const outDir = await temporaryFolder(t);
    const { card, path } = await arrange(t);
    await assert.rejects(buildModels({ cards: [card], outDir, from: path }), { code, message });
    assert.deepEqual(await filesIn(outDir), []);
  });
}

test('npm that cannot fetch: weights-unavailable with its code, and no file is left', async (t) => {
  const outDir = await temporaryFolder(t);
  const { card } = await tarball(t);
  const settings = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };
  const before = { ...process.env };
  Object.assign(process.env, settings);
  t.after(() => {
    for (const name of Object.keys(settings)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
  const asked: (string | undefined)[] = [];
  const onProgress = (progress: BuildProgress) =>
    progress.stage === 'fetching' && asked.push(progress.package);
  await assert.rejects(buildModels({ cards: [card], outDir, onProgress }), {
    code: 'weights-unavailable',
    facts: { package: 'facematch-not-installed@1.7.15', npmCode: 'ECONNREFUSED' },
  });
  assert.deepEqual(asked, ['facematch-not-installed@1.7.15']);
  assert.deepEqual(await filesIn(outDir), []);
});

/** A 1 MB file system where mounting is allowed, else a limit of 1 MB a file: both end a write of the 1.4 MB graph. */
async function fullDisk(t: TestContext): Promise<{ folder: string; shell: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'facematch-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    t.after(() => execFileSync('umount', [folder]));
    t.after(() => rmdir(folder));
    return { folder, shell: ':' };
  } catch {
    t.after(() => rmdir(folder));
    return { folder, shell: "trap '' XFSZ; ulimit -f 1024" };
  }
}

test('a full disk: storage-full in one sentence, and no half file is left', async (t) => {
  const { folder, shell } = await fullDisk(t);
  const { result } = await buildInProcess(['face-landmark-68'], folder, shell).finished;
  assert.match(result, /^storage-full: The disk is full: [^.]+\.$/);
  assert.deepEqual(await filesIn(folder), []);
});

test('a folder that may not be written: config-invalid', {
  skip: process.getuid?.() === 0 && 'root may write anywhere',
}, async (t) => {
  const outDir = await temporaryFolder(t);
  await chmod(outDir, 0o555);
  await assert.rejects(buildModels({ cards: [landmarks()], outDir }), {
    code: 'config-invalid',
    message: /\(EACCES\)/,
  });
});

test('two builds at once end with complete graphs and nothing else', async (t) => {
  const outDir = await temporaryFolder(t);
  const ids = ['face-landmark-68', 'dlib-resnet-128'];
  const builds = [buildInProcess(ids, outDir), buildInProcess(ids, outDir)];
  for (const { finished } of builds) assert.deepEqual(await finished, { code: 0, result: 'done' });
  assert.deepEqual(await filesIn(outDir), ['dlib-resnet-128.onnx', 'face-landmark-68.onnx']);
  const states = await verifyModels([landmarks(), cardCopy('dlib-resnet-128', 'embedder')], outDir);
  assert.deepEqual(
    states.map(({ state }) => state),
    ['built', 'built'],
  );
});

test('a killed build leaves no graph that is not whole, and the next one sweeps what it left', async (t) => {
  const outDir = await temporaryFolder(t);
  const card = cardCopy('dlib-resnet-128', 'embedder');
  for (const wait of [250, 400, 550]) {
    const build = buildInProcess(['dlib-resnet-128'], outDir);
    await sleep(wait);
    build.kill();
    await build.finished;
    assert.notEqual((await verifyModels([card], outDir))[0]?.state, 'corrupt');
  }
  const left = join(outDir, '.unfinished-1-left');
  await writeFile(left, 'half');
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  for (const name of await filesIn(outDir)) {
    if (name.startsWith('.unfinished-')) await utimes(join(outDir, name), longAgo, longAgo);
  }
  await buildModels({ cards: [card], outDir });
  assert.deepEqual(await filesIn(outDir), ['dlib-resnet-128.onnx']);
});
