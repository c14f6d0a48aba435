import { readdirSync, readFileSync } from 'node:fs';

/** Of Linux's /proc, whatever the kernel's own timer does (proc_pid_stat(5), USER_HZ). */
const ticksPerSecond = 100;

export interface ProcessFigures {
  /** Processor time used so far by the process itself; milliseconds. */
  readonly cpuMs: number;
  /** Of all its children, those that have ended included; milliseconds. */
  readonly childrenCpuMs: number;
  readonly residentBytes: number;
  readonly childrenResidentBytes: number;
}

/** What a process and its children use; undefined where the system has no /proc, or the process is gone. */
export function figuresOf(pid: number): ProcessFigures | undefined {
  const own = statOf(pid);
  if (own === undefined) return undefined;
  const children = childrenOf(pid).flatMap((child) => statOf(child) ?? []);
  const sum = (of: (stat: Stat) => number): number => children.reduce((total, stat) => total + of(stat), 0);
  return {
    cpuMs: own.cpuMs,
    childrenCpuMs:
      own.endedChildrenCpuMs + sum(({ cpuMs, endedChildrenCpuMs }) => cpuMs + endedChildrenCpuMs),
    residentBytes: own.residentBytes,
    childrenResidentBytes: sum(({ residentBytes }) => residentBytes),
  };
}

interface Stat {
  readonly parent: number;
  readonly cpuMs: number;
  readonly endedChildrenCpuMs: number;
  readonly residentBytes: number;
}

/** Fields as proc_pid_stat(5) numbers them; the second one holds a name in brackets that may hold anything. */
function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3]);
    const milliseconds = (ticks: number): number => (1000 * ticks) / ticksPerSecond;
    return {
      parent: field(4),
      cpuMs: milliseconds(field(14) + field(15)),
      endedChildrenCpuMs: milliseconds(field(16) + field(17)),
      residentBytes: residentOf(pid),
    };
  } catch {
    return undefined;
  }
}

/** From `status`, in kB: `stat` counts pages, whose size differs between machines. */
function residentOf(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return 1024 * Number(line?.[1] ?? 0);
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => statOf(candidate)?.parent === pid);
}
