import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../clock.js';
import { openConfiguredStore } from '../../configuredStore.js';
import { enrol } from '../../enrolment/enrol.js';
import { readLines } from '../../enrolment/lines.js';
import { openPhotoFolder } from '../../enrolment/photoFolder.js';
import { storeDestination } from '../../enrolment/storeDestination.js';
import { FacematchError } from '../../errors.js';
import { createFacePool } from '../../face/pool/face-pool.js';
import { defaultLimits } from '../../http/limits.js';
import { parseStrictJson } from '../../http/strictJson.js';
import { poolOptionsOf, prepareNetworks } from '../../networks.js';
import { benchmarkPhotos } from '../photos.js';
import { figuresOf } from '../processes.js';
import { seededRecord } from '../seed.js';
import { type Place, temporaryPlace } from '../servedProcess.js';
import { rounded } from '../statistics.js';
import type { Row, Trial, TrialResult } from '../trial.js';

export interface EnrolmentPlan {
  readonly documents: number;
}

const quickPlan: EnrolmentPlan = { documents: 200 };
const fullPlan: EnrolmentPlan = { documents: 3000 };

export const enrolmentTrial: Trial = {
  name: 'enrolment',
  what: 'filling the store from a list, then the same list again',
  run: ({ photos, quick }, progress) => measureEnrolment(quick ? quickPlan : fullPlan, photos, progress),
};

export async function measureEnrolment(
  { documents }: EnrolmentPlan,
  folder: string | undefined,
  progress: (done: number, total: number) => void,
): Promise<TrialResult> {
  const place = await temporaryPlace();
  try {
    const photos = await benchmarkPhotos(folder);
    await writeList(place, documents, photos);
    const { config } = place;
    const store = await openConfiguredStore(config, systemClock);
    const pool = await createFacePool(poolOptionsOf(config, await prepareNetworks(config, () => {})));
    try {
      await Promise.all(pool.pids().flatMap(() => photos.slice(0, 4).map((bytes) => pool.read({ bytes }))));
      const destination = storeDestination({ store, faces: pool, clock: systemClock }, operator);
      const pass = async (name: string, from: number): Promise<Row> => {
        const start = figuresOf(process.pid);
        const started = performance.now();
        const tally = await enrol({
          lines: readLines(listOf(place), defaultLimits.jsonBytes),
          photos: await openPhotoFolder(place.folder, config.photo.maxBytes),
          destination,
          parse: parseStrictJson,
          inFlight: Math.min(2 * config.pool.workers * config.pool.maxBatch, config.pool.queue),
          onProgress: ({ lines }) => progress(from + lines, 2 * documents),
        });
        const seconds = (performance.now() - started) / 1000;
        const end = figuresOf(process.pid);
        if (tally.refused > 0)
          throw new FacematchError('internal', `${tally.refused} documents were refused`);
        return {
          name,
          values: {
            stored: tally.stored,
            'per second': rounded(documents / seconds),
            'CPU ms: this process': start && end ? rounded((end.cpuMs - start.cpuMs) / documents) : null,
            'CPU ms: children':
              start && end ? rounded((end.childrenCpuMs - start.childrenCpuMs) / documents) : null,
          },
        };
      };
      return {
        rows: [await pass('the first time', 0), await pass('again: all known', documents)],
        notes: ['CPU: milliseconds of one core a document. The disk is that of the temporary folder.'],
      };
    } finally {
      await pool.close();
      await store.close();
    }
  } finally {
    await place.remove();
  }
}

const operator = {
  client: 'benchmark',
  subject: 'benchmark',
  scopes: new Set(['documents:write']),
  language: 'en',
} as const;

const listOf = ({ folder }: Place): string => join(folder, 'records.ndjson');

async function writeList(place: Place, documents: number, photos: readonly Buffer[]): Promise<void> {
  await Promise.all(photos.map((bytes, i) => writeFile(join(place.folder, `${i}.photo`), bytes)));
  const lines = Array.from({ length: documents }, (_, n) =>
    JSON.stringify({ record: seededRecord(n), photo: `${n % photos.length}.photo` }),
  );
  await writeFile(listOf(place), `${lines.join('\n')}\n`);
}
