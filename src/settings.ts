import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from './packageRoot.js';

const key32 = z.base64().transform((text, context) => {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 32) context.addIssue({ code: 'custom', message: 'not 32 bytes' });
  return new Uint8Array(bytes);
});
/** Keys one after another, separated by commas or white space: as bytes, 32 for each. */
const keys32 = z.string().transform((text, context) => {
  const keys = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map((part) => key32.safeParse(part));
  if (keys.length === 0 || keys.some((key) => !key.success)) {
    context.addIssue({ code: 'custom', message: 'not 32 bytes each' });
  }
  return new Uint8Array(Buffer.concat(keys.map((key) => key.data ?? new Uint8Array())));
});
const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
/** A whole number, or `off`: undefined. */
const limit = (most: number) => z.union([z.literal('off').transform(() => undefined), whole(1, most)]);
const share = z.coerce.number().gt(0).max(1);
const looks = z.string().transform((text, context) =>
  text.split(',').map((look) => {
    const [card = '', first, second, ...rest] = look.trim().split(':');
    const [filled, enough] = [first, second].map((number) => share.safeParse(number).data);
    const known = rest.length === 0 || rest.join(':') === 'alone';
    if (card === '' || filled === undefined || enough === undefined || !known) {
      context.addIssue({ code: 'custom', message: 'not card:share:enough or card:share:enough:alone' });
    }
    return { card, share: filled ?? 1, enough: enough ?? 1, alone: rest.length > 0 };
  }),
);
const userAndGroup = z
  .string()
  .regex(/^[1-9]\d{0,9}:[1-9]\d{0,9}$/)
  .transform((text) => {
    const [uid = 0, gid = 0] = text.split(':').map(Number);
    return { uid, gid };
  });

const keyringUrl = z
  .string()
  .refine((text) => /^(postgres(ql)?|https?):\/\//.test(text) && URL.canParse(text));

const databaseUrl = z.string().refine((text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text));

export interface Variable<T> {
  readonly schema: z.ZodType<T, string | undefined>;
  /** What stands in when the variable is not set; `undefined` leaves the setting off. */
  readonly fallback?: string;
  readonly describe: string;
  /** A `NAME_FILE` variable may name a file that holds the value instead. */
  readonly secret?: true;
}
const variable = <T>(
  schema: z.ZodType<T, unknown>,
  describe: string,
  options: { fallback?: string; secret?: true } = {},
): Variable<T> => ({ schema: schema as z.ZodType<T, string | undefined>, describe, ...options });

/** Every setting, once: its name in the environment, how it is checked, its default and what it means. */
export const variables = {
  FACEMATCH_MODE: variable(
    z.enum(['production', 'development']),
    'development allows a local token key and demo keys',
    { fallback: 'production' },
  ),
  FACEMATCH_HOST: variable(z.string().min(1), 'address to listen on; put TLS in front', {
    fallback: '127.0.0.1',
  }),
  FACEMATCH_PORT: variable(whole(0, 65535), 'port to listen on; 0 takes a free one', { fallback: '8080' }),
  FACEMATCH_TRUSTED_PROXIES: variable(whole(0, 10), 'exact number of reverse proxies in front', {
    fallback: '0',
  }),
  FACEMATCH_CALLER_REQUESTS: variable(
    limit(1_000_000_000),
    'requests that one caller (system, subject, person and office of the token) may send in a minute; off for any number',
    { fallback: '12000' },
  ),
  FACEMATCH_REFUSED_TOKENS: variable(
    limit(1_000_000_000),
    'refused tokens from one address in a minute that are answered and noted one by one; off for any number',
    { fallback: '50' },
  ),
  FACEMATCH_BORDER_MISSES: variable(
    limit(1_000_000),
    'document numbers not found in an hour after which the border look-up slows its caller down; off for never',
    { fallback: '30' },
  ),
  FACEMATCH_DATABASE: variable(z.string().min(1), 'SQLite file of the fraud store', {
    fallback: 'data/facematch.db',
  }),
  DATABASE_URL: variable(
    databaseUrl,
    'PostgreSQL database of the fraud store, as postgres://…; takes the place of FACEMATCH_DATABASE',
    { secret: true },
  ),
  FACEMATCH_DATABASE_CONNECTIONS: variable(
    whole(2, 200),
    'connections to PostgreSQL that one process holds at most',
    { fallback: '10' },
  ),
  FACEMATCH_DATABASE_ANSWER_MS: variable(
    whole(1000, 600_000),
    'time after which a request gives up a query on PostgreSQL; what takes long by its nature has more',
    { fallback: '20000' },
  ),
  FACEMATCH_KEYRING: variable(z.string().min(1), 'keyring file; never in the backups of the database', {
    fallback: 'data/keyring.db',
  }),
  FACEMATCH_KEYRING_MIRROR: variable(
    z.string().min(1),
    'second copy of the keyring, written at the same time; another disk',
    { fallback: 'data/keyring-mirror.db' },
  ),
  FACEMATCH_KEYRING_URL: variable(
    keyringUrl,
    'where several machines share the keyring and the ledger, in the place of the files: postgres://… (a database of their own) or https://… (a key service)',
    { secret: true },
  ),
  FACEMATCH_KEYRING_TOKEN: variable(
    z.string().min(32),
    'shared secret of 32 characters or more between a key service and those it serves',
    { secret: true },
  ),
  FACEMATCH_KEYRING_CA: variable(
    z.string().min(1),
    'file in PEM: the authority whose certificates are believed between a key service and those it serves',
  ),
  FACEMATCH_KEYRING_CERT: variable(
    z.string().min(1),
    'file in PEM: the certificate this side shows, as a key service or to one',
  ),
  FACEMATCH_KEYRING_CERT_KEY: variable(z.string().min(1), 'file in PEM: the key of that certificate'),
  FACEMATCH_MASTER_KEY: variable(
    keys32,
    '32 bytes in base64 that wrap the keyring; while it is changed under running services on PostgreSQL both keys, the newer last; not beside a key service, which has its own',
    { secret: true },
  ),
  FACEMATCH_LOOKUP_KEY: variable(
    keys32,
    '32 bytes in base64 for the keyed hashes of look-ups; after changes of the key all of them, oldest first',
    { secret: true },
  ),
  FACEMATCH_RETENTION_SHARE: variable(
    share,
    'most of the records of one kind that a retention run destroys without somebody answering for it',
    { fallback: '0.1' },
  ),
  FACEMATCH_RETENTION_GAP_DAYS: variable(
    whole(1, 366),
    'days the service may be away before its clock has to be vouched for',
    { fallback: '7' },
  ),
  FACEMATCH_KEYRING_BACKUPS: variable(
    z.string().min(1),
    'folder for daily copies of the keyring and the ledger; off unless set',
  ),
  FACEMATCH_KEYRING_BACKUP_DAYS: variable(
    whole(1, 366),
    'days such a copy lives: until then what was destroyed could be read from it',
    { fallback: '30' },
  ),
  FACEMATCH_AUDIT_KEY: variable(
    key32,
    '32 bytes in base64: the Ed25519 key that signs the heads of the audit trail',
    { secret: true },
  ),
  FACEMATCH_AUDIT_HEADS: variable(
    z.string().min(1),
    'file that every signed head of the audit trail is added to; another disk, sent elsewhere daily',
  ),
  FACEMATCH_MODELS: variable(
    z.string().min(1),
    'folder of the model cards, calibrations and built networks',
    { fallback: join(packageRoot, 'models') },
  ),
  FACEMATCH_ENGINE: variable(z.enum(['onnx', 'tfjs']), 'what runs the networks', { fallback: 'onnx' }),
  FACEMATCH_EMBEDDER: variable(
    z.string().min(1),
    'model card of the embedder; default mobilefacenet-512 (tfjs: dlib-resnet-128)',
  ),
  FACEMATCH_NEXT_EMBEDDER: variable(
    z.string().min(1),
    'model card of an embedder whose set of embeddings the service makes ready beside the active one, with the same landmarks and looks; off unless set',
  ),
  FACEMATCH_LANDMARKS: variable(
    z.string().min(1),
    'model card of the landmark network; default landmark-68-small (tfjs: face-landmark-68)',
  ),
  FACEMATCH_LOOKS: variable(
    looks,
    'how detectors are tried, in order, as card:share:enough (share of the input the photo fills, confidence that ends the search) or card:share:enough:alone (ended only by a single face; else what this look saw does not count)',
  ),
  FACEMATCH_WORKERS: variable(whole(1, 256), 'child processes that decode and infer; default one per core'),
  FACEMATCH_THREADS: variable(whole(1, 64), 'threads per network in each child', { fallback: '1' }),
  FACEMATCH_BATCH: variable(whole(1, 64), 'most photos that share a batch', { fallback: '8' }),
  FACEMATCH_QUEUE: variable(
    whole(1, 10_000),
    'photos that may go before one that comes; with more the service answers busy',
    { fallback: '64' },
  ),
  FACEMATCH_QUEUE_MS: variable(
    whole(1, 600_000),
    'milliseconds within which a photo must be expected to be read, by what photos took before; else the service answers busy',
    { fallback: '60' },
  ),
  FACEMATCH_DEADLINE_MS: variable(whole(100, 600_000), 'milliseconds a child may work on one photo', {
    fallback: '4000',
  }),
  FACEMATCH_WORKER_MEMORY_MB: variable(whole(128, 65_536), 'resident memory at which a child is replaced', {
    fallback: '700',
  }),
  FACEMATCH_ISOLATION: variable(
    z.enum(['best-effort', 'required']),
    'required starts only where child processes are kept from files, network, other processes, dumps and privileges',
    { fallback: 'best-effort' },
  ),
  FACEMATCH_WORKER_USER: variable(
    userAndGroup,
    'user and group, as numbers uid:gid, that child processes run as; only for a service that runs as root',
  ),
  FACEMATCH_PHOTO_BYTES: variable(whole(1024, 100_000_000), 'largest photo accepted', {
    fallback: '10000000',
  }),
  FACEMATCH_PHOTO_PIXELS: variable(whole(10_000, 268_000_000), 'most pixels a photo may have', {
    fallback: '25000000',
  }),
  FACEMATCH_FALSE_MATCH_RATE: variable(
    z.coerce.number().min(1e-6).max(1e-1),
    'share of impostors a threshold lets pass',
    { fallback: '0.0001' },
  ),
  FACEMATCH_LOWER_SCORE_RATE: variable(
    z.coerce.number().min(1e-6).max(1),
    'false match rate whose score both of two scores must reach (against morphed passports)',
    { fallback: '0.001' },
  ),
  FACEMATCH_REVIEW_FROM_TRY: variable(whole(2, 100), 'try for one application from which a person looks', {
    fallback: '5',
  }),
  FACEMATCH_REVIEW_SECOND_SHARE: variable(
    z.coerce.number().min(0).max(1),
    'share of reviews drawn for a second, blind verdict; "different person" always gets one',
    { fallback: '0.1' },
  ),
  FACEMATCH_REVIEW_CLAIM_MINUTES: variable(
    whole(1, 1440),
    'minutes after which a review that somebody took goes back to the queue undecided',
    { fallback: '60' },
  ),
  FACEMATCH_TRANSFER_LAG_DAYS: variable(
    whole(0, 3650),
    'days after issue by which a document has reached the store (production keeps them three months)',
    { fallback: '92' },
  ),
  FACEMATCH_SEARCH: variable(
    z.enum(['off', 'on']),
    'whether one face may be searched for in the store, within an inquiry and approved by a second person',
    { fallback: 'off' },
  ),
  FACEMATCH_SEARCH_FLOOR_RATE: variable(
    z.coerce.number().min(1e-9).max(1e-2),
    'lowest score of a candidate, as the false match rate of one comparison',
    { fallback: '0.0001' },
  ),
  FACEMATCH_SEARCH_CANDIDATES: variable(whole(1, 50), 'most candidates that a search shows', {
    fallback: '20',
  }),
  FACEMATCH_SWEEP_GROUND: variable(
    z.string().min(1).max(500),
    'legal ground on which every face may be compared with every other; off unless set',
  ),
  FACEMATCH_SWEEP_FALSE_PAIRS: variable(
    z.coerce.number().min(1e-3).max(1000),
    'false pairs that a whole sweep may be expected to show: its floor follows from the number of pairs',
    { fallback: '1' },
  ),
  FACEMATCH_SWEEP_PAIRS: variable(whole(1, 1000), 'most pairs that a sweep shows', { fallback: '100' }),
  FACEMATCH_SWEEP_CHECKPOINT_SECONDS: variable(
    whole(0, 3600),
    'seconds after which a sweep keeps how far it has come, to go on from there where it is cut off; 0 keeps it after every strip of 2,048 documents',
    { fallback: '15' },
  ),
  FACEMATCH_TOKEN_ISSUER: variable(
    z.string().min(1),
    'required issuer of bearer tokens; default in development facematch-development',
  ),
  FACEMATCH_TOKEN_AUDIENCE: variable(z.string().min(1), 'required audience of bearer tokens', {
    fallback: 'facematch',
  }),
  FACEMATCH_TOKEN_JWKS_URL: variable(z.url(), 'where the token keys are published (production)'),
  FACEMATCH_TOKEN_TYPE: variable(
    z.enum(['at+jwt', 'jwt']),
    'type tokens must declare: at+jwt (RFC 9068); jwt also takes plain ones, where the issuer declares no more, unless they bear the claims of an ID token',
    { fallback: 'at+jwt' },
  ),
  FACEMATCH_TOKEN_KEY: variable(
    z.string().min(1),
    'local token key pair (development; made by "facematch token")',
    { fallback: 'data/token-key.json' },
  ),
  FACEMATCH_CONSOLE_CLIENT_ID: variable(
    z.string().min(1),
    'client id of the console at the token issuer (public client, authorization code with PKCE); off unless set',
  ),
  FACEMATCH_CONSOLE_IDLE_MINUTES: variable(
    whole(1, 240),
    'minutes without a key or a pointer touched after which the console locks itself and forgets its token',
    { fallback: '15' },
  ),
  FACEMATCH_LOG_LEVEL: variable(z.enum(['silent', 'error', 'warn', 'info', 'debug']), 'least level logged', {
    fallback: 'info',
  }),
};

/** Every setting as a Markdown table: `docs/configuration.md` holds it. */
export function settingsTable(): string {
  const rows = Object.entries<Variable<unknown>>(variables).map(([name, { fallback, describe, secret }]) => {
    const shown = fallback?.startsWith(packageRoot)
      ? `the package's ${fallback.slice(packageRoot.length + 1)}`
      : fallback;
    const note = secret ? ` (or ${name}_FILE: a file that holds it)` : '';
    return `| ${name} | ${describe}${note} | ${shown ?? ''} |`;
  });
  return ['| variable | meaning | default |', '| --- | --- | --- |', ...rows].join('\n');
}
