import { readdirSync, readFileSync } from 'node:fs';
import { inventHolder, officeOf, photo } from '../support/office.js';
import { derivedPortraitOf, portraitOf } from '../support/samples.js';
import type { TestService } from '../support/service.js';

export const mobile = 'mobilefacenet-512@1.0.0';
export const dlib = 'dlib-resnet-128@1.0.0';
export const next = { FACEMATCH_NEXT_EMBEDDER: 'dlib-resnet-128' };

export const scopes = ['documents:write', 'comparisons:write', 'comparisons:evidence', 'metrics:read'];

type Event = Readonly<Record<string, unknown>> & { readonly event: string };

/** What a service logged under this name. */
export const logged = (log: readonly string[], event: string): Event[] =>
  log.map((line) => JSON.parse(line) as Event).filter((entry) => entry.event === event);

export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 3000; tries++) {
    if (await condition()) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`never: ${what}`);
}

/** Transfers passports of so many people, two of each; the same few faces again and again. */
export async function enrolPeople(service: Pick<TestService, 'url' | 'token'>, count: number) {
  const faces = await Promise.all(
    (['1-right', '3-middle', '6-left', '2-middle'] as const).map((name) => portraitOf(name)),
  );
  const office = officeOf(service as TestService, await service.token(scopes));
  const holders = [];
  for (let n = 0; n < count; n++) {
    const face = photo(faces[n % faces.length]!);
    const holder = inventHolder(
      'Peeters',
      ['Anna'],
      [
        ['2008-01-01', face],
        ['2017-01-01', face],
      ],
    );
    await office.enrol(holder);
    holders.push(holder);
  }
  return holders;
}

export const applicantsPhoto = (): Promise<Buffer> => derivedPortraitOf('1-right');

/** Processes that this one started and that still run. */
export function children(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [, state, parent] = /\) (\S) (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        return Number(parent) === process.pid && state !== 'Z';
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** The priority of a process among all: 0 is usual, 19 last. */
export const nicenessOf = (pid: number): number =>
  Number(
    readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')[16],
  );
