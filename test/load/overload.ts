import { availableParallelism } from 'node:os';
import { type HealthFigures, watchHealth } from '../../src/benchmark/health.js';
import { lostOf } from './lost.js';
import type { Sender, Sent, Task } from './messages.js';
import { countOf, send, sendFrom } from './sending.js';
import { onStage, type Stage } from './stage.js';
import { type MemorySample, watchMemory } from './watch.js';

export interface OverloadPlan {
  /** Of the capacity. */
  readonly times: number;
  readonly warmUpSeconds: number;
  readonly quietSeconds: number;
  readonly capacitySeconds: number;
  readonly overloadSeconds: number;
  readonly recoverySeconds: number;
  readonly seed: number;
  /** Settings of the service; its own defaults else. */
  readonly env?: Record<string, string>;
}

export interface OverloadFigures {
  readonly plan: OverloadPlan;
  /** One request at a time. */
  readonly quiet: Sent;
  readonly capacity: Sent;
  /** Comparisons a second. */
  readonly capacityPerSecond: number;
  readonly wantedPerSecond: number;
  readonly overload: Sent;
  readonly health: HealthFigures;
  /** During the overload. */
  readonly memory: readonly MemorySample[];
  readonly memoryBefore: number;
  readonly recovery: Sent;
  /** Seconds after the overload from which on two seconds together reached 95% of the capacity; undefined: never. */
  readonly recoveredAfter: number | undefined;
  readonly acknowledged: number;
  readonly lost: number;
}

/** Enough to keep every child busy and its queue filled. */
const lanes = (): number => 4 * availableParallelism();
/** Fewer than a caller may send in a minute, also where the overload is a thousand a second. */
const perCaller = 100;

/** Measures a service at rest, at its capacity, at a multiple of it, and at its capacity again. */
export function runOverload(plan: OverloadPlan, say: (line: string) => void): Promise<OverloadFigures> {
  return onStage(
    plan.env ?? {},
    (stage) => loaded(stage, plan, say),
    async (place, figures) => {
      const all = [figures.quiet, figures.capacity, figures.overload, figures.recovery];
      const acknowledged = all.flatMap((sent) => sent.acknowledged);
      return { ...figures, acknowledged: acknowledged.length, lost: await lostOf(place, acknowledged) };
    },
  );
}

async function loaded(
  { served, senders, task }: Stage,
  plan: OverloadPlan,
  say: (line: string) => void,
): Promise<Omit<OverloadFigures, 'acknowledged' | 'lost'>> {
  const { seed } = plan;
  const closed = (series: string, who: readonly Sender[], count: number, seconds: number): Promise<Sent> =>
    send({
      ...task,
      senders: who,
      series,
      seed,
      plan: { kind: 'closed', lanes: count, seconds, pauseMs: 20 },
    });
  const offices = await senders(['gent', 'brugge', 'namur', 'eupen']);

  say('warming up');
  await closed('warm', offices, lanes(), plan.warmUpSeconds);
  say('one at a time');
  const quiet = await closed('quiet', offices, 1, plan.quietSeconds);
  say('capacity');
  const capacity = await closed('full', offices, lanes(), plan.capacitySeconds);
  const capacityPerSecond = (1000 * countOf(capacity, 201)) / capacity.elapsedMs;

  const wantedPerSecond = plan.times * capacityPerSecond;
  say(`overload: ${Math.round(wantedPerSecond)} a second for ${plan.overloadSeconds} s`);
  const crowd = await senders(
    Array.from({ length: Math.max(4, Math.ceil(wantedPerSecond / perCaller)) }, (_, n) => `office-${n}`),
  );
  const common: Omit<Task, 'plan' | 'connections'> = { ...task, senders: crowd, series: 'over', seed };
  const memory = watchMemory(served);
  const memoryBefore = memory.samples.at(0)?.megabytes ?? 0;
  const health = await watchHealth(served.url);
  const processes = Math.max(2, Math.ceil(wantedPerSecond / 1000));
  const overload = await sendFrom(processes, common, {
    kind: 'open',
    perSecond: wantedPerSecond,
    seconds: plan.overloadSeconds,
  });
  const healthFigures = await health.stop();
  memory.stop();
  say('after it');
  const recovery = await closed('after', offices, lanes(), plan.recoverySeconds);
  return {
    plan,
    quiet,
    capacity,
    capacityPerSecond,
    wantedPerSecond,
    overload,
    health: healthFigures,
    memory: memory.samples,
    memoryBefore,
    recovery,
    recoveredAfter: recoveredAfter(recovery, 0.95 * capacityPerSecond),
  };
}

/** Seconds until the first two seconds that together reach the rate. */
export function recoveredAfter({ answers, elapsedMs }: Sent, perSecond: number): number | undefined {
  const done = answers.filter(([, status]) => status === 201).map(([at, , ms]) => at + ms);
  for (let from = 0; from + 2000 <= elapsedMs; from += 250) {
    const within = done.filter((at) => at >= from && at < from + 2000).length;
    if (within / 2 >= perSecond) return from / 1000;
  }
  return undefined;
}
