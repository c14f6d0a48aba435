import { createHash } from 'node:crypto';
import type { ComparisonAnswer } from '../../../src/comparison/answer.js';
import type { FaceReader } from '../../../src/face/types.js';
import { applicationOf, type Holder, recordOf } from '../../support/office.js';
import { portraitOf } from '../../support/samples.js';
import { inventPerson } from '../people.js';
import type { FuzzedService } from '../service.js';
import type { Papers } from './httpDoor.js';

export interface FieldWork {
  readonly token: string;
  readonly papers: Papers;
}

let applications = 0;
const applicationFor = (holder: Holder) => applicationOf({ as: holder }, ++applications);

/** A token for the routes that take photos, and papers to send with them: of a holder whose passports are enrolled. */
export async function fieldWork(service: FuzzedService): Promise<FieldWork> {
  const token = await service.token({
    scopes: ['documents:write', 'comparisons:write', 'comparisons:evidence', 'quality:check'],
    office: 'gent',
    person: 'clerk-1',
  });
  const holder = await enrolled(service.url, token, 'Peeters');
  return {
    token,
    papers: {
      application: () => applicationFor(holder),
      record() {
        const other = inventPerson('Verzonnen');
        return recordOf(other, other.passports[0]!);
      },
    },
  };
}

/** What the service and a reader make of a good photo, to the last digit: text that is equal when all is well. */
export async function goodAnswer(faces: FaceReader, url: string, token: string): Promise<string> {
  const bytes = await portraitOf('1-right');
  const outcome = await faces.read({ bytes });
  if (outcome.kind !== 'embedded') throw new Error(`A good photo came out as ${outcome.kind}.`);
  const holder = await enrolled(url, token, 'Goed');
  const answer = await post<ComparisonAnswer>(
    url,
    token,
    '/v1/comparisons',
    'application',
    applicationFor(holder),
    bytes,
  );
  const digest = createHash('sha256').update(Buffer.from(outcome.embedding.buffer)).digest('hex');
  const { fused, references } = answer.evidence ?? {};
  return JSON.stringify([
    digest,
    answer.outcome,
    answer.reasons,
    fused?.score,
    references?.map(({ comparison }) => comparison?.score),
  ]);
}

async function enrolled(url: string, token: string, name: string): Promise<Holder> {
  const bytes = [await portraitOf('1-right'), await portraitOf('3-middle')];
  const holder = inventPerson(name, bytes);
  for (const passport of holder.passports)
    await post(url, token, '/v1/documents', 'record', recordOf(holder, passport), passport.photo.bytes);
  return holder;
}

async function post<T>(
  url: string,
  token: string,
  path: string,
  part: string,
  papers: object,
  bytes: Buffer,
): Promise<T> {
  const form = new FormData();
  form.append(part, new Blob([JSON.stringify(papers)], { type: 'application/json' }));
  form.append('photo', new Blob([new Uint8Array(bytes)]), 'photo');
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  if (response.status !== 201)
    throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
