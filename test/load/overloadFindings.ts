import { quantile } from '../../src/benchmark/statistics.js';
import type { OverloadFigures } from './overload.js';
import { type Finding, number, unexpected } from './report.js';
import { countOf, latencies } from './sending.js';
import { slopeOf } from './watch.js';

/** What holds on any machine, however busy: what happened, and not how long it took. */
export function eventsOf({
  overload,
  recovery,
  quiet,
  health,
  acknowledged,
  lost,
}: OverloadFigures): Finding[] {
  const all = [quiet, overload, recovery];
  const sum = (of: (sent: typeof overload) => number) => all.reduce((total, sent) => total + of(sent), 0);
  const shed = countOf(overload, 503);
  const admitted = countOf(overload, 201);
  const others = Object.keys(overload.problems).filter((type) => type !== 'busy');
  const finding = (what: string, holds: boolean, found: string | number): Finding => ({
    what,
    holds,
    found: String(found),
  });
  return [
    finding('the excess is refused', shed > 0, `${shed} refused, ${admitted} answered`),
    finding('the service goes on answering', admitted > 0, admitted),
    finding('no answer but 201 and 503', sum(unexpected) === 0, sum(unexpected)),
    finding('every 503 is busy', others.length === 0, others.join(', ') || 'they are'),
    finding('every 503 says when to try again', sum((s) => s.withoutRetryAfter) === 0, 'Retry-After'),
    finding(
      'no connection is dropped',
      sum((s) => s.broken) === 0,
      sum((s) => s.broken),
    ),
    finding('health answers', health.answers > 0, `${health.answers} answers`),
    finding('nothing acknowledged is lost', lost === 0 && acknowledged > 0, `${lost} of ${acknowledged}`),
    finding('answers again afterwards', countOf(recovery, 201) > 0, countOf(recovery, 201)),
  ];
}

/** What holds on a machine that has nothing else to do. */
export function figuresOf(figures: OverloadFigures): Finding[] {
  const { quiet, capacityPerSecond, overload, memory, recoveredAfter, wantedPerSecond, plan } = figures;
  const p99 = (status: number, sent: typeof overload) => quantile(latencies(sent, status), 0.99);
  const [refused, admitted, alone] = [p99(503, overload), p99(201, overload), p99(201, quiet)];
  const offered = (1000 * (overload.answers.length + overload.unsent)) / overload.elapsedMs;
  const first = memory.at(0)?.megabytes ?? 0;
  const last = memory.at(-1)?.megabytes ?? 0;
  // Without the first third: heaps grow to what a load needs.
  const settled = memory.slice(Math.floor(memory.length / 3));
  const perMinute = 60 * slopeOf(settled.map(({ seconds, megabytes }) => [seconds, megabytes]));
  return [
    {
      what: `${plan.times} times the capacity was offered (90% of it at least)`,
      holds: offered >= 0.9 * wantedPerSecond,
      found: `${number(offered)} of ${number(wantedPerSecond)} a second; capacity ${number(capacityPerSecond)}`,
    },
    {
      what: 'the excess is refused within 100 ms (p99)',
      holds: refused <= 100,
      found: `${number(refused)} ms`,
    },
    {
      what: 'p99 of those admitted within three times the quiet one',
      holds: admitted <= 3 * alone,
      found: `${number(admitted)} against ${number(alone)} ms: ${number(admitted / alone)} times`,
    },
    {
      what: 'memory flat (less than 5% growth, after a third of the time)',
      holds: (perMinute * plan.overloadSeconds) / 60 <= 0.05 * last,
      found: `${number(first)} before, ${number(last)} MB after, ${number(perMinute)} MB a minute`,
    },
    {
      what: 'back to 95% of the capacity within 10 s',
      holds: recoveredAfter !== undefined && recoveredAfter <= 10,
      found: recoveredAfter === undefined ? 'not in the time measured' : `${recoveredAfter} s`,
    },
  ];
}
