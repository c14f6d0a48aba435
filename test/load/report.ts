import { quantile, rounded } from '../../src/benchmark/statistics.js';
import type { Sent } from './messages.js';
import { countOf, latencies } from './sending.js';

/** One thing that was to hold. */
export interface Finding {
  readonly what: string;
  readonly found: string;
  readonly holds: boolean;
}

export const number = (value: number): string => rounded(value).toLocaleString('en');

/** Median, 99th percentile and slowest; milliseconds. */
export function timesOf(milliseconds: readonly number[]): string {
  if (milliseconds.length === 0) return 'none';
  const at = (share: number) => number(quantile(milliseconds, share));
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, slowest ${at(1)} ms`;
}

/** What was sent and what came back, in a line. */
export function lineOf(name: string, sent: Sent): string {
  const seconds = sent.elapsedMs / 1000;
  const rate = (count: number) => `${number(count / seconds)}/s`;
  const problems = Object.entries(sent.problems).map(([type, count]) => `${type} ${count}`);
  return [
    `${name}: ${rate(sent.answers.length + sent.broken)} sent in ${number(seconds)} s`,
    `201 ${rate(countOf(sent, 201))} (${timesOf(latencies(sent, 201))})`,
    `503 ${rate(countOf(sent, 503))} (${timesOf(latencies(sent, 503))})`,
    `problems: ${problems.join(', ') || 'none'}`,
    `connections broken ${sent.broken}, requests that found no connection ${sent.unsent}`,
  ].join('\n  ');
}

/** Answers that are neither a comparison nor a refusal for want of room. */
export const unexpected = ({ answers }: Sent): number =>
  answers.filter(([, status]) => status !== 201 && status !== 503).length;

/** Prints what was to hold; true where all of it did. */
export function judge(findings: readonly Finding[], print: (line: string) => void): boolean {
  for (const { what, found, holds } of findings) print(`${holds ? 'holds ' : 'MISSED'} ${what}: ${found}`);
  return findings.every(({ holds }) => holds);
}
