import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { loadConfig } from '../../config.js';
import { createFacePool } from '../../face/pool/face-pool.js';
import { poolOptionsOf, prepareNetworks } from '../../networks.js';
import { benchmarkPhotos } from '../photos.js';
import { median, rounded, spread } from '../statistics.js';
import type { Row, Trial } from '../trial.js';

type FaceApi = typeof import('@vladmandic/face-api');
interface Contender {
  readonly name: string;
  /** Whether a face was found and described. */
  read(photo: Buffer): Promise<boolean>;
  close?(): Promise<unknown>;
}

/** Photos that a contender reads in its turn: after one alone the other's networks have left the processor's caches. */
const turn = 6;

/** Ours against face-api as its package ships it, a few photos each in turn. */
export const faceApiTrial: Trial = {
  name: 'face-api',
  what: 'photo to embedding on one thread, against face-api as shipped, six photos each in turn',
  async run({ photos: folder, quick }, progress) {
    const photos = (await benchmarkPhotos(folder)).slice(0, quick ? 12 : 22);
    const contenders = [await ours(), ...(await shipped())];
    const samples = new Map(contenders.map(({ name }): [string, number[]] => [name, []]));
    const found = new Map<string, number>();
    for (const contender of contenders) await warmUp(contender, photos);
    for (let first = 0; first < photos.length; first += turn) {
      const some = photos.slice(first, first + turn);
      for (const { name, read } of contenders) {
        for (const photo of some) {
          const started = performance.now();
          const face = await read(photo);
          samples.get(name)?.push(performance.now() - started);
          if (face) found.set(name, (found.get(name) ?? 0) + 1);
        }
      }
      progress(first + some.length, photos.length);
    }
    for (const { close } of contenders) await close?.();
    const own = median(samples.get('passport-facematch') ?? []);
    const rows = contenders.map(({ name }): Row => {
      const values = samples.get(name) ?? [];
      const { median: middle, p95 } = spread(values);
      return {
        name,
        values: {
          'median ms': middle,
          'p95 ms': p95,
          'times ours': rounded(middle / own),
          'faces found': `${found.get(name) ?? 0} of ${photos.length}`,
        },
      };
    });
    const missing =
      contenders.length < 3 ? ['@tensorflow/tfjs-node is not installed here, so it did not run.'] : [];
    return {
      rows,
      notes: [
        'face-api: SSD at 512, 68 landmarks, descriptor, decoded by sharp. Ours: one child process of the pool, one thread.',
        ...missing,
      ],
    };
  },
};

const warmUpMs = 1000;

/** Code that runs for the first times is not compiled yet, ours and theirs: each gets the same time. */
async function warmUp({ read }: Contender, photos: readonly Buffer[]): Promise<void> {
  const started = performance.now();
  for (let i = 0; performance.now() - started < warmUpMs; i++)
    await read(photos[i % photos.length] as Buffer);
}

/** As the service runs it: in a child process, so that neither contender works in the other's heap. */
async function ours(): Promise<Contender> {
  const config = loadConfig(process.env);
  const networks = await prepareNetworks(config, () => {});
  const { settings, ...options } = poolOptionsOf(config, networks);
  const pool = await createFacePool({ ...options, settings: { ...settings, threads: 1 }, children: 1 });
  return {
    name: 'passport-facematch',
    read: async (bytes) => (await pool.read({ bytes })).kind === 'embedded',
    close: () => pool.close(),
  };
}

/** The package's own builds: WebAssembly (SIMD, one thread), and TensorFlow's library where it is installed. */
async function shipped(): Promise<Contender[]> {
  const require = createRequire(import.meta.url);
  const root = dirname(require.resolve('@vladmandic/face-api/package.json'));
  const contenders: Contender[] = [];
  const tf = require('@tensorflow/tfjs') as typeof import('@tensorflow/tfjs');
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  wasm.setThreadsCount(1);
  await tf.setBackend('wasm');
  await tf.ready();
  const faceApi = require(join(root, 'dist/face-api.node-wasm.js')) as FaceApi;
  contenders.push(
    await loaded('face-api on tfjs-wasm', faceApi, join(root, 'model'), (photo) => tensorOf(tf, photo)),
  );
  try {
    const node = require('@tensorflow/tfjs-node') as typeof import('@tensorflow/tfjs');
    const native = require(join(root, 'dist/face-api.node.js')) as FaceApi;
    contenders.push(
      await loaded('face-api on tfjs-node', native, join(root, 'model'), (photo) => tensorOf(node, photo)),
    );
  } catch {
    // optional, and its library cannot be fetched behind every firewall: the trial's notes say that it is missing
  }
  return contenders;
}

async function loaded(
  name: string,
  faceApi: FaceApi,
  models: string,
  toTensor: (photo: Buffer) => Promise<{ dispose(): void }>,
): Promise<Contender> {
  await faceApi.nets.ssdMobilenetv1.loadFromDisk(models);
  await faceApi.nets.faceLandmark68Net.loadFromDisk(models);
  await faceApi.nets.faceRecognitionNet.loadFromDisk(models);
  return {
    name,
    async read(photo) {
      const tensor = await toTensor(photo);
      const result = await faceApi
        .detectSingleFace(tensor as unknown as Parameters<FaceApi['detectSingleFace']>[0])
        .withFaceLandmarks()
        .withFaceDescriptor();
      tensor.dispose();
      return result !== undefined;
    },
  };
}

async function tensorOf(tf: typeof import('@tensorflow/tfjs'), photo: Buffer) {
  const { data, info } = await sharp(photo).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return tf.tensor3d(new Uint8Array(data), [info.height, info.width, 3], 'int32');
}
