import { readdirSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { temporaryPlace } from '../../src/benchmark/servedProcess.js';
import { lostOf } from './lost.js';
import type { Sent } from './messages.js';
import { type Finding, number, unexpected } from './report.js';
import { countOf, send } from './sending.js';
import { onStage } from './stage.js';
import { slopeOf } from './watch.js';

/** What must not grow while a service works. */
const watched = ['service MB', 'children MB', 'handles', 'WAL MB', 'temporary files'] as const;
type Watched = (typeof watched)[number];

export interface SoakSample extends Readonly<Record<Watched, number>> {
  readonly minutes: number;
}

export interface SoakFigures {
  readonly sent: Sent;
  readonly samples: readonly SoakSample[];
  readonly lost: number;
}

const everyMs = 5_000;

/** A steady part of the capacity for a long time, sampled as it goes. */
export async function runSoak(
  plan: { readonly minutes: number; readonly share: number; readonly seed: number },
  say: (line: string) => void,
): Promise<SoakFigures> {
  // Only to have a folder that goes away: what the service puts there is counted.
  const temporary = await temporaryPlace();
  const folder = join(temporary.folder, 'tmp');
  await mkdir(folder);
  try {
    return await onStage(
      { TMPDIR: folder },
      async ({ place, served, task, senders }) => {
        const who = await senders(['gent', 'brugge', 'namur', 'eupen', 'arlon', 'leuven']);
        const lanes = 4 * availableParallelism();
        const common = { ...task, senders: who, seed: plan.seed };
        const full = { kind: 'closed', lanes, seconds: 20, pauseMs: 20 } as const;
        say('warming up, and capacity');
        await send({ ...common, series: 'warm', plan: full });
        const capacity = await send({ ...common, series: 'full', plan: full });
        const perSecond = (plan.share * 1000 * countOf(capacity, 201)) / capacity.elapsedMs;
        say(`${number(perSecond)} a second for ${plan.minutes} minutes`);
        const samples: SoakSample[] = [];
        const started = performance.now();
        const look = () => {
          const figures = served.figures();
          if (figures === undefined || served.pid === undefined) return;
          samples.push({
            minutes: (performance.now() - started) / 60_000,
            'service MB': figures.residentBytes / 2 ** 20,
            'children MB': figures.childrenResidentBytes / 2 ** 20,
            handles: readdirSync(`/proc/${served.pid}/fd`).length,
            'WAL MB': sizeOf(`${place.config.store.database}-wal`) / 2 ** 20,
            'temporary files': readdirSync(folder, { recursive: true }).length,
          });
        };
        const timer = setInterval(look, everyMs);
        const sent = await send({
          ...common,
          series: 'soak',
          connections: 32,
          plan: { kind: 'open', perSecond, seconds: 60 * plan.minutes },
        });
        clearInterval(timer);
        return { sent, samples };
      },
      async (place, { sent, samples }) => ({
        sent,
        samples,
        lost: await lostOf(place, sent.acknowledged),
      }),
    );
  } finally {
    await temporary.remove();
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** So much of its mean may a figure gain in all before it counts as growing. */
const allowed: Readonly<Record<Watched, number>> = {
  'service MB': 0.05,
  'children MB': 0.05,
  handles: 0.05,
  'WAL MB': 0.2,
  'temporary files': 0,
};

/** The slope of each figure, without the first third: until then heaps and caches fill. */
export function soakFindings({ sent, samples, lost }: SoakFigures): Finding[] {
  const settled = samples.slice(Math.floor(samples.length / 3));
  const minutes = (settled.at(-1)?.minutes ?? 0) - (settled.at(0)?.minutes ?? 0);
  const growth = watched.map((name): Finding => {
    const values = settled.map((sample) => sample[name]);
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    const slope = slopeOf(settled.map((sample) => [sample.minutes, sample[name]]));
    return {
      what: `${name} do not grow`,
      holds: settled.length >= 3 && slope * minutes <= allowed[name] * mean,
      found: `${number(values.at(0) ?? 0)} to ${number(values.at(-1) ?? 0)}, slope ${number(60 * slope)} an hour over ${number(minutes)} minutes`,
    };
  });
  return [
    ...growth,
    {
      what: 'every answer is a comparison or a refusal for want of room',
      holds: unexpected(sent) === 0 && sent.broken === 0,
      found: `${countOf(sent, 201)} answered, ${countOf(sent, 503)} refused, ${unexpected(sent)} others, ${sent.broken} broken`,
    },
    {
      what: 'nothing acknowledged is lost',
      holds: lost === 0 && sent.acknowledged.length > 0,
      found: `${lost} of ${sent.acknowledged.length}`,
    },
  ];
}
