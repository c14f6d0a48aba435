import type { ChildProgram } from '../../isolation/confinedFork.js';

/** Of the child's JavaScript; rows lie outside it. */
const heapMiB = 1024;

/**
 * The program of a search. Everything it works on comes over its channel, so it reads no file of the service's; its
 * memory grows with the number of documents, so it has no limit of its own.
 */
export const searchProgram: ChildProgram = {
  entry: new URL('./child.js', import.meta.url),
  environment: {},
  nodeOptions: [`--max-old-space-size=${heapMiB}`],
  readable: [],
  dataMiB: undefined,
};
