import type { Trial } from './trial.js';
import { batchesTrial } from './trials/batches.js';
import { cosineTrial } from './trials/cosine.js';
import { enrolmentTrial } from './trials/enrolment.js';
import { faceApiTrial } from './trials/faceApi.js';
import { httpTrial } from './trials/http.js';
import { memoryTrial } from './trials/memory.js';
import { overheadTrial } from './trials/overhead.js';
import { queryTrial } from './trials/query.js';
import { reembeddingTrial } from './trials/reembedding.js';
import { searchTrial } from './trials/search.js';
import { stagesTrial } from './trials/stages.js';

export const trials: readonly Trial[] = [
  stagesTrial,
  batchesTrial,
  faceApiTrial,
  cosineTrial,
  overheadTrial,
  httpTrial,
  enrolmentTrial,
  reembeddingTrial,
  searchTrial,
  memoryTrial,
  queryTrial,
];
