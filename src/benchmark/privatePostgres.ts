import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Where Debian keeps the programs of each release, the newest first. */
const releases = '/usr/lib/postgresql';
const binaries = (existsSync(releases) ? readdirSync(releases) : [])
  .sort((a, b) => Number(b) - Number(a))
  .map((release) => join(releases, release, 'bin'))
  .find((folder) => existsSync(join(folder, 'initdb')));

export const postgresInstalled = binaries !== undefined;

/** PostgreSQL refuses to run as root: whom it runs as then. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n');
  const account = ['postgres', 'nobody'].flatMap(
    (name) => accounts.find((line) => line.startsWith(`${name}:`)) ?? [],
  )[0];
  const [, , uid, gid] = (account ?? '').split(':').map(Number);
  if (uid === undefined || gid === undefined)
    throw new Error('there is no account that PostgreSQL could run as');
  return { uid, gid };
}

const user = 'facematch';

/** A private PostgreSQL in a temporary folder, reached through a socket in it. */
export class PrivatePostgres {
  readonly #folder: string;
  readonly #settings: readonly string[];
  readonly #account = unprivileged();

  private constructor(folder: string, settings: readonly string[]) {
    this.#folder = folder;
    this.#settings = settings;
  }

  /**
   * Durable as in production unless told otherwise.
   *
   * @param settings `name=value`, as in `postgresql.conf`.
   */
  static async start(settings: readonly string[] = []): Promise<PrivatePostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'fm-pg-'));
    const cluster = new PrivatePostgres(folder, settings);
    await chmod(folder, 0o755);
    if (cluster.#account !== undefined) await chown(folder, cluster.#account.uid, cluster.#account.gid);
    cluster.#run(
      'initdb',
      '-D',
      cluster.#data,
      '-U',
      user,
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    );
    cluster.run();
    return cluster;
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  /** Of one of its databases. */
  url(database = 'postgres'): string {
    return `postgres://${user}@localhost/${database}?host=${encodeURIComponent(this.#folder)}`;
  }

  /** Starts it, and waits until it answers. */
  run(): void {
    const settings = ['listen_addresses=', `unix_socket_directories=${this.#folder}`, ...this.#settings];
    const options = settings.map((setting) => `-c ${setting}`).join(' ');
    this.#run('pg_ctl', 'start', '-w', '-D', this.#data, '-l', join(this.#folder, 'log'), '-o', options);
  }

  /** As an operator stops it: whoever is connected is cut off. */
  stop(): void {
    this.#run('pg_ctl', 'stop', '-w', '-m', 'fast', '-D', this.#data);
  }

  /** As a failing machine does: every process of it at once, nothing written any more. */
  async kill(): Promise<void> {
    const all = this.hang();
    signal(all, 'SIGKILL');
    while (all.some((pid) => existsSync(`/proc/${pid}`) && !isZombie(pid))) await sleep(5);
    // Nobody may have taken the dead process off the list yet, and then it passes for one that runs.
    for (const file of ['data/postmaster.pid', '.s.PGSQL.5432.lock', '.s.PGSQL.5432']) {
      await rm(join(this.#folder, file), { force: true });
    }
  }

  /** As one whose disk hangs: what it was sent it takes, and says nothing. @returns its processes, for {@link goOn}. */
  hang(): readonly number[] {
    const [first = ''] = readFileSync(join(this.#data, 'postmaster.pid'), 'utf8').split('\n');
    const postmaster = Number(first);
    process.kill(postmaster, 'SIGSTOP');
    const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim();
    const all = [postmaster, ...children.split(' ').filter(Boolean).map(Number)];
    signal(all, 'SIGSTOP');
    return all;
  }

  /** Stops the processes that serve somebody now; it takes whoever comes next. @returns them, for {@link goOn}. */
  async hangBackends(application: string, database: string): Promise<readonly number[]> {
    const rows = await this.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = '${application}' and datname = '${database}'`,
    );
    const pids = rows.map(({ pid }) => pid);
    signal(pids, 'SIGSTOP');
    return pids;
  }

  goOn(pids: readonly number[]): void {
    signal(pids, 'SIGCONT');
  }

  /** A new, empty database. @returns its address. */
  createDatabase(name: string): string {
    createDatabase(this.url(), name);
    return this.url(name);
  }

  /** Runs statements as the owner of everything. */
  async query<R extends pg.QueryResultRow>(sql: string, database = 'postgres'): Promise<R[]> {
    const client = new pg.Client({ connectionString: this.url(database) });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<R>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** Stops it, where it runs, and removes it. */
  async dispose(): Promise<void> {
    const arguments_ = ['stop', '-w', '-m', 'immediate', '-D', this.#data];
    spawnSync(join(binaries ?? '', 'pg_ctl'), arguments_, { ...this.#account, stdio: 'ignore' });
    await rm(this.#folder, { recursive: true, force: true });
  }

  #run(program: string, ...parameters: string[]): void {
    const options = { ...this.#account, cwd: this.#folder, stdio: 'ignore' as const };
    const { status, error } = spawnSync(join(binaries ?? '', program), parameters, options);
    if (status !== 0) {
      const log = join(this.#folder, 'log');
      const said = existsSync(log) ? readFileSync(log, 'utf8').slice(-600) : '';
      throw new Error(`${program} failed: ${said}`, { cause: error });
    }
  }
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

/** Nobody waits for a process whose parent is gone. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

/** A program that comes with it, for those that wait for its answer. */
export const programPath = (name: string): string => join(binaries ?? '', name);

/** Waits for it, where nothing else can wait; one that exists stays as it is. */
export function createDatabase(adminUrl: string, name: string, template = 'template1'): void {
  const { status, stderr } = spawnSync(programPath('psql'), [
    '-q',
    '-d',
    adminUrl,
    '-c',
    `create database "${name}" template "${template}"`,
  ]);
  if (status !== 0 && !stderr.toString().includes('already exists')) {
    throw new Error(`no database was made: ${stderr.toString()}`);
  }
}
