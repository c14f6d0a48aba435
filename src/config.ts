import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { z } from 'zod';
import { FacematchError } from './errors.js';
import type { SearchSettings } from './inquiry/search/policy.js';
import type { IsolationSettings } from './isolation/confinedFork.js';
import { type Variable, variables } from './settings.js';

/** Where the tests find what the repository does not hold; the service does not read them. */
const testVariables: ReadonlySet<string> = new Set([
  'FACEMATCH_LFW',
  'FACEMATCH_WEIGHTS_TARBALL',
  'FACEMATCH_ARTEFACTS',
  'FACEMATCH_FAULTS',
  'FACEMATCH_LOAD',
  'FACEMATCH_LOAD_SEED',
  'FACEMATCH_LOAD_MINUTES',
]);

type Settings = { [N in keyof typeof variables]: z.output<(typeof variables)[N]['schema']> | undefined };

export interface Config {
  readonly mode: 'production' | 'development';
  readonly http: { readonly host: string; readonly port: number; readonly trustedProxies: number };
  readonly store: {
    readonly database: string;
    /** `postgres://…`: takes the place of the file. */
    readonly databaseUrl: string | undefined;
    readonly databaseConnections: number;
    /** Milliseconds that a query on PostgreSQL has while a request waits for it. */
    readonly databaseAnswerMs: number;
    readonly keyring: readonly [string, string];
    /** `postgres://…` or `https://…`: takes the place of the keyring's files. */
    readonly keyringUrl: string | undefined;
    /** Between a key service and those it serves; files by their paths. */
    readonly keyService: {
      readonly token: string | undefined;
      readonly ca: string | undefined;
      readonly certificate: string | undefined;
      readonly certificateKey: string | undefined;
    };
    /** One key of 32 bytes or two one after another, the newer last. */
    readonly masterKey: Uint8Array | undefined;
    /** One key of 32 bytes or several one after another, oldest first. */
    readonly lookupKey: Uint8Array | undefined;
  };
  readonly retention: {
    readonly share: number;
    readonly gapDays: number;
    /** Undefined where nobody wants copies of the keyring. */
    readonly keyringBackups: string | undefined;
    readonly keyringBackupDays: number;
  };
  readonly audit: {
    /** Seed of the Ed25519 key that signs heads. */
    readonly key: Uint8Array | undefined;
    /** Where signed heads are kept beside the database; undefined keeps them in the database alone. */
    readonly headsFile: string | undefined;
  };
  readonly models: {
    readonly folder: string;
    readonly engine: 'onnx' | 'tfjs';
    /** Undefined leaves the engine's best-known choice. */
    readonly embedder: string | undefined;
    /** Whose set is made ready beside the active one; undefined where none is. */
    readonly nextEmbedder: string | undefined;
    readonly landmarks: string | undefined;
    readonly looks: readonly { card: string; share: number; enough: number; alone: boolean }[] | undefined;
  };
  readonly pool: {
    readonly workers: number;
    readonly threads: number;
    readonly maxBatch: number;
    readonly queue: number;
    readonly queueMs: number;
    readonly deadlineMs: number;
    readonly workerMemoryMb: number;
  };
  /** Each undefined where there is none. */
  readonly limits: {
    readonly callerRequests: number | undefined;
    readonly refusedTokens: number | undefined;
    readonly borderMisses: number | undefined;
  };
  readonly photo: { readonly maxBytes: number; readonly maxPixels: number };
  readonly policy: {
    readonly falseMatchRate: number;
    readonly lowerScoreRate: number;
    readonly reviewFromTry: number;
    readonly transferLagDays: number;
  };
  readonly review: { readonly secondShare: number; readonly claimMinutes: number };
  readonly search: SearchSettings;
  readonly token: {
    /** Undefined in production where it was not set: the service then refuses to start. */
    readonly issuer: string | undefined;
    readonly audience: string;
    readonly jwksUrl: string | undefined;
    readonly keyFile: string;
    /** Whether tokens of type JWT are taken for access tokens too. */
    readonly plainType: boolean;
  };
  readonly console: {
    /** Undefined where nobody can sign in at the token issuer. */
    readonly clientId: string | undefined;
    /** Without a key or a pointer touched for so long, the console locks itself. */
    readonly idleMinutes: number;
  };
  /** What child processes are kept from. */
  readonly isolation: IsolationSettings;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
}

/**
 * Reads and checks the environment once. Throws `config-invalid` naming the variables at fault and never their
 * values; an unknown `FACEMATCH_…` variable is refused too, as it is most likely a misspelt one.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const wrong: string[] = [];
  const read = (name: string, spec: Variable<unknown>): unknown => {
    const text = textOf(env, name, spec, wrong);
    if (text === undefined) return undefined;
    const parsed = spec.schema.safeParse(text);
    if (!parsed.success) wrong.push(name);
    return parsed.success ? parsed.data : undefined;
  };
  const s = Object.fromEntries(
    Object.entries(variables).map(([name, spec]) => [name, read(name, spec)]),
  ) as Settings;
  const known = new Set(
    Object.entries(variables).flatMap(([name, spec]) => (spec.secret ? [name, `${name}_FILE`] : [name])),
  );
  wrong.push(
    ...Object.keys(env).filter(
      (name) => name.startsWith('FACEMATCH_') && !known.has(name) && !testVariables.has(name),
    ),
  );
  if (wrong.length > 0) {
    throw new FacematchError(
      'config-invalid',
      `These settings are unknown or have a value that cannot be used: ${wrong.join(', ')}.`,
      { variables: wrong },
    );
  }
  return shape(s as { [N in keyof Settings]: NonNullable<Settings[N]> }, s);
}

function textOf(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  spec: Variable<unknown>,
  wrong: string[],
): string | undefined {
  const file = spec.secret ? env[`${name}_FILE`] : undefined;
  if (file) {
    try {
      return readFileSync(file, 'utf8').trim();
    } catch {
      wrong.push(`${name}_FILE`);
      return undefined;
    }
  }
  return env[name] || spec.fallback;
}

/** `set` holds the settings that have a default; `maybe` types those that may be off. */
function shape(set: { [N in keyof Settings]: NonNullable<Settings[N]> }, maybe: Settings): Config {
  const isolation = {
    required: set.FACEMATCH_ISOLATION === 'required',
    user: maybe.FACEMATCH_WORKER_USER,
  };
  return {
    mode: set.FACEMATCH_MODE,
    http: {
      host: set.FACEMATCH_HOST,
      port: set.FACEMATCH_PORT,
      trustedProxies: set.FACEMATCH_TRUSTED_PROXIES,
    },
    store: {
      database: set.FACEMATCH_DATABASE,
      databaseUrl: maybe.DATABASE_URL,
      databaseConnections: set.FACEMATCH_DATABASE_CONNECTIONS,
      databaseAnswerMs: set.FACEMATCH_DATABASE_ANSWER_MS,
      keyring: [set.FACEMATCH_KEYRING, set.FACEMATCH_KEYRING_MIRROR],
      keyringUrl: maybe.FACEMATCH_KEYRING_URL,
      keyService: {
        token: maybe.FACEMATCH_KEYRING_TOKEN,
        ca: maybe.FACEMATCH_KEYRING_CA,
        certificate: maybe.FACEMATCH_KEYRING_CERT,
        certificateKey: maybe.FACEMATCH_KEYRING_CERT_KEY,
      },
      masterKey: maybe.FACEMATCH_MASTER_KEY,
      lookupKey: maybe.FACEMATCH_LOOKUP_KEY,
    },
    retention: {
      share: set.FACEMATCH_RETENTION_SHARE,
      gapDays: set.FACEMATCH_RETENTION_GAP_DAYS,
      keyringBackups: maybe.FACEMATCH_KEYRING_BACKUPS,
      keyringBackupDays: set.FACEMATCH_KEYRING_BACKUP_DAYS,
    },
    audit: { key: maybe.FACEMATCH_AUDIT_KEY, headsFile: maybe.FACEMATCH_AUDIT_HEADS },
    models: {
      folder: set.FACEMATCH_MODELS,
      engine: set.FACEMATCH_ENGINE,
      embedder: maybe.FACEMATCH_EMBEDDER,
      nextEmbedder: maybe.FACEMATCH_NEXT_EMBEDDER,
      landmarks: maybe.FACEMATCH_LANDMARKS,
      looks: maybe.FACEMATCH_LOOKS,
    },
    pool: {
      workers: maybe.FACEMATCH_WORKERS ?? availableParallelism(),
      threads: set.FACEMATCH_THREADS,
      maxBatch: set.FACEMATCH_BATCH,
      queue: set.FACEMATCH_QUEUE,
      queueMs: set.FACEMATCH_QUEUE_MS,
      deadlineMs: set.FACEMATCH_DEADLINE_MS,
      workerMemoryMb: set.FACEMATCH_WORKER_MEMORY_MB,
    },
    limits: {
      callerRequests: maybe.FACEMATCH_CALLER_REQUESTS,
      refusedTokens: maybe.FACEMATCH_REFUSED_TOKENS,
      borderMisses: maybe.FACEMATCH_BORDER_MISSES,
    },
    photo: { maxBytes: set.FACEMATCH_PHOTO_BYTES, maxPixels: set.FACEMATCH_PHOTO_PIXELS },
    policy: {
      falseMatchRate: set.FACEMATCH_FALSE_MATCH_RATE,
      lowerScoreRate: set.FACEMATCH_LOWER_SCORE_RATE,
      reviewFromTry: set.FACEMATCH_REVIEW_FROM_TRY,
      transferLagDays: set.FACEMATCH_TRANSFER_LAG_DAYS,
    },
    review: {
      secondShare: set.FACEMATCH_REVIEW_SECOND_SHARE,
      claimMinutes: set.FACEMATCH_REVIEW_CLAIM_MINUTES,
    },
    isolation,
    search: {
      isolation,
      enabled: set.FACEMATCH_SEARCH === 'on',
      floorRate: set.FACEMATCH_SEARCH_FLOOR_RATE,
      mostCandidates: set.FACEMATCH_SEARCH_CANDIDATES,
      sweepGround: maybe.FACEMATCH_SWEEP_GROUND,
      falsePairs: set.FACEMATCH_SWEEP_FALSE_PAIRS,
      mostPairs: set.FACEMATCH_SWEEP_PAIRS,
      checkpointSeconds: set.FACEMATCH_SWEEP_CHECKPOINT_SECONDS,
    },
    token: {
      issuer:
        maybe.FACEMATCH_TOKEN_ISSUER ??
        (set.FACEMATCH_MODE === 'development' ? 'facematch-development' : undefined),
      audience: set.FACEMATCH_TOKEN_AUDIENCE,
      jwksUrl: maybe.FACEMATCH_TOKEN_JWKS_URL,
      keyFile: set.FACEMATCH_TOKEN_KEY,
      plainType: set.FACEMATCH_TOKEN_TYPE === 'jwt',
    },
    console: { clientId: maybe.FACEMATCH_CONSOLE_CLIENT_ID, idleMinutes: set.FACEMATCH_CONSOLE_IDLE_MINUTES },
    logLevel: set.FACEMATCH_LOG_LEVEL,
  };
}
