import type { ChildProgram } from '../../isolation/confinedFork.js';
import type { FaceSettings } from '../settings.js';

/**
 * For glibc, which would give each thread a heap of its own and keep what large photos once needed. Thresholds under
 * the size of a decoded photo would hand memory back and fetch it anew with every one: a tenth more time.
 */
const allocator = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '4194304',
  MALLOC_TRIM_THRESHOLD_: '4194304',
};

/**
 * For V8. A small young generation lets go of pixels sooner, whose memory lies outside the heap; a higher mark for the
 * old one, since pixels count towards it and a full collection every fourth photo took a tenth of the processor time.
 */
const collection = ['--max-semi-space-size=4', '--initial-old-space-size=64'];

export interface FaceProgramLimits {
  /** Heap of the child's JavaScript, in MiB; pixels and networks live outside it. */
  readonly heapMiB: number;
  /** At which a child is replaced once it has answered, in bytes. */
  readonly maxRssBytes: number;
}

/**
 * Room above twice the resident memory at which a child is replaced: what V8 and the stacks of threads claim without
 * using it (0.7 GB at rest under Node 24, where Node 20 has 0.2), so that only a photo that asks for far too much meets the hard limit.
 */
const claimedMiB = 1024;

/** The program that decodes photos and runs the networks: it reads the models and nothing else of the service's. */
export function faceProgram(
  { modelsDir, buildDir }: Pick<FaceSettings, 'modelsDir' | 'buildDir'>,
  { heapMiB, maxRssBytes }: FaceProgramLimits,
): ChildProgram {
  return {
    entry: new URL('./child.js', import.meta.url),
    environment: allocator,
    nodeOptions: [`--max-old-space-size=${heapMiB}`, ...collection],
    readable: [modelsDir, buildDir],
    dataMiB: Math.ceil((2 * maxRssBytes) / 1024 ** 2) + claimedMiB,
  };
}
