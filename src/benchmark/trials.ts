import type { Trial } from './trial.js';
import { batchesTrial } from './trials/batches.js';
import { cosineTrial } from './trials/cosine.js';
import { faceApiTrial } from './trials/faceApi.js';
import { stagesTrial } from './trials/stages.js';

export const trials: readonly Trial[] = [stagesTrial, batchesTrial, faceApiTrial, cosineTrial];
