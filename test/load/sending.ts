import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Plan, Sent, Task } from './messages.js';

/** Fewer than the service takes, all senders together. */
const connections = 400;

/** Runs one plan in a process of its own. */
export function send(given: Omit<Task, 'connections'> & { connections?: number }): Promise<Sent> {
  const { plan } = given;
  const task: Task = { connections: plan.kind === 'closed' ? plan.lanes : connections, ...given };
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./sender.js', import.meta.url)), [], {
      serialization: 'advanced',
    });
    child.once('message', (sent) => resolve(sent as Sent));
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`A sender ended (${signal ?? code}).`)));
    child.send(task);
  });
}

/** The plan, its rate shared by so many processes: one alone could not send as much. */
export async function sendFrom(
  processes: number,
  task: Omit<Task, 'plan' | 'connections'>,
  plan: Extract<Plan, { kind: 'open' }>,
): Promise<Sent> {
  const all = await Promise.all(
    Array.from({ length: processes }, (_, n) =>
      send({
        ...task,
        series: `${task.series}-${n}`,
        seed: task.seed + n,
        connections: Math.floor(connections / processes),
        plan: { ...plan, perSecond: plan.perSecond / processes },
      }),
    ),
  );
  return merged(all);
}

export function merged(all: readonly Sent[]): Sent {
  const problems: Record<string, number> = {};
  for (const sent of all)
    for (const [type, count] of Object.entries(sent.problems)) problems[type] = (problems[type] ?? 0) + count;
  const sum = (of: (sent: Sent) => number) => all.reduce((total, sent) => total + of(sent), 0);
  return {
    answers: all.flatMap(({ answers }) => answers),
    acknowledged: all.flatMap(({ acknowledged }) => acknowledged),
    problems,
    withoutRetryAfter: sum(({ withoutRetryAfter }) => withoutRetryAfter),
    broken: sum(({ broken }) => broken),
    unsent: sum(({ unsent }) => unsent),
    elapsedMs: Math.max(...all.map(({ elapsedMs }) => elapsedMs)),
  };
}

/** Milliseconds of the answers with this status. */
export const latencies = ({ answers }: Sent, status: number): number[] =>
  answers.filter(([, is]) => is === status).map(([, , ms]) => ms);

export const countOf = (sent: Sent, status: number): number => latencies(sent, status).length;
