import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { localToken } from '../../src/cli/localToken.js';
import { type Clock, systemClock } from '../../src/clock.js';
import { type Config, loadConfig } from '../../src/config.js';
import { type RunningService, startService } from '../../src/service.js';
import { databaseUrlFor } from './postgres.js';

export interface TestService extends RunningService {
  readonly config: Config;
  /** Holds the database, the keyrings, the keys and, when asked for, the log. */
  readonly folder: string;
  /** Lines the service logged, as JSON text. */
  readonly log: string[];
  token(
    scopes: readonly string[],
    claims?: { office?: string; person?: string; client?: string; role?: string },
  ): Promise<string>;
  /** Stops the service and starts it again on the same folder, with these settings instead. */
  restart(env?: Record<string, string>): Promise<TestService>;
  /** Stops it and removes the folder. */
  dispose(): Promise<void>;
}

/** The real service, fully wired, on port 0 with a store in a temporary folder of its own. */
export async function startTestService(
  env: Record<string, string> = {},
  options: { clock?: Clock; folder?: string } = {},
): Promise<TestService> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'facematch-test-')));
  const clock = options.clock ?? systemClock;
  const config = loadConfig({
    FACEMATCH_MODE: 'development',
    FACEMATCH_PORT: '0',
    FACEMATCH_WORKERS: '1',
    // How fast this machine is decides nothing, unless a test is about it.
    FACEMATCH_QUEUE_MS: '600000',
    // All tests come from one address.
    FACEMATCH_REFUSED_TOKENS: 'off',
    FACEMATCH_DATABASE: join(folder, 'facematch.db'),
    DATABASE_URL: databaseUrlFor(folder),
    FACEMATCH_KEYRING: join(folder, 'keyring', 'keyring.db'),
    FACEMATCH_KEYRING_MIRROR: join(folder, 'keyring-mirror', 'keyring.db'),
    FACEMATCH_TOKEN_KEY: join(folder, 'token-key.json'),
    ...env,
  });
  const log: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => log.push(line) });
  const service = await startService(config, { clock, logger, say: () => {} });
  const stop = () => service.close(2000);
  return {
    ...service,
    config,
    folder,
    log,
    token(scopes, { client = 'test-client', person = 'clerk-1', office, role } = {}) {
      const who = { client, subject: 'test-subject', person, office, role };
      return localToken(config, { ...who, scopes, lifetimeSeconds: 600 }, clock);
    },
    async restart(changed = env) {
      await stop();
      return startTestService(changed, { ...options, folder });
    },
    async dispose() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
