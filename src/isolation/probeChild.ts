import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';

export interface ProbeRequest {
  readonly paths: readonly string[];
  /** A port of 127.0.0.1 that somebody listens on. */
  readonly port: number;
}

/** What a program of the product can reach from where it runs. */
export interface Reach {
  readonly variables: readonly string[];
  /** What its open descriptors lead to; Linux. */
  readonly descriptors: readonly string[];
  readonly user: string;
  /** Lines of /proc/self/status on privileges; Linux. */
  readonly status: readonly string[];
  /** By path: `read`, `written`, or the code of the refusal. */
  readonly read: Readonly<Record<string, string>>;
  readonly written: Readonly<Record<string, string>>;
  readonly network: string;
  readonly process: string;
  readonly parent: string;
}

// Runs in the place of a child's own program, started in the very same way: what it can reach, a child can reach that
// was taken over. It reads with a real call and tells only whether that worked.
process.on('message', (request: ProbeRequest) => {
  void reach(request).then((found) => process.send?.(found));
});
process.on('disconnect', () => process.exit(0));

async function reach({ paths, port }: ProbeRequest): Promise<Reach> {
  return {
    variables: Object.keys(process.env).sort(),
    descriptors: descriptors(),
    user: `${process.getuid?.()}:${process.getgid?.()}`,
    status: text('/proc/self/status')
      .split('\n')
      .filter((line) => /^(NoNewPrivs|Seccomp|CapEff|CapBnd)\b/.test(line)),
    read: each(paths, (path) => outcome('read', () => readFileSync(path))),
    written: each(paths, (path) => outcome('written', () => writeFileSync(path, '', { flag: 'a' }))),
    network: await connected(port),
    process: outcome('started', () => {
      const { error } = spawnSync(process.execPath, ['--version']);
      if (error) throw error;
    }),
    parent: outcome('signalled', () => process.kill(process.ppid, 0)),
  };
}

function outcome(done: string, attempt: () => unknown): string {
  try {
    attempt();
    return done;
  } catch (error) {
    return codeOf(error);
  }
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code ?? error);

const each = (paths: readonly string[], of: (path: string) => string): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, of(path)]));

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function descriptors(): string[] {
  try {
    return readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return [`${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`];
      } catch {
        return []; // the folder's own, closed by now
      }
    });
  } catch {
    return [];
  }
}

function connected(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve('connected');
    });
    socket.once('error', (error) => resolve(codeOf(error)));
  });
}
