import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { loadConfig } from '../../../src/config.js';
import { openConfiguredStore } from '../../../src/configuredStore.js';
import { openTokenKey } from '../../../src/http/devToken.js';
import { packageRoot } from '../../../src/packageRoot.js';
import { newDocument } from '../../store/fixture.js';
import { folder } from '../support/cleanup.js';
import { fault } from '../support/fault.js';
import { facematch, inLanes, run } from '../support/program.js';
import { settingsIn } from '../support/served.js';

/** A stored document, keys of the settings' own, and everything closed. */
async function made(t: TestContext) {
  const path = folder(t);
  const key = () => randomBytes(32).toString('base64');
  const env = settingsIn(path, { FACEMATCH_MASTER_KEY: key(), FACEMATCH_LOOKUP_KEY: key() });
  const store = await openConfiguredStore(loadConfig(env), () => new Date());
  await store.documents.create(newDocument(store, { retentionEnds: '2045-01-01' }));
  await store.close();
  await openTokenKey(env['FACEMATCH_TOKEN_KEY'] ?? '');
  return { path, env };
}

type Made = Awaited<ReturnType<typeof made>>;

interface Damage {
  readonly name: string;
  readonly code: string;
  /** @returns settings that change with it. */
  readonly apply: (made: Made) => Record<string, string> | undefined;
}

const files = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/-shm$|^log$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

const contents = (path: string) =>
  new Map(
    files(path).map((file) => [
      file,
      `${statSync(file).mode} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`,
    ]),
  );

/** `facematch serve` ends with the code in its one sentence, prints no secret, and leaves every file as it was. */
async function requireRefusal(t: TestContext, { name, code, apply }: Damage): Promise<void> {
  const each = await made(t);
  const change = apply(each) ?? {};
  const before = contents(each.path);
  const env: Record<string, string | undefined> = { PATH: process.env['PATH'], ...each.env, ...change };
  const ended = await run([process.execPath, facematch, 'serve'], { cwd: each.path, env, timeoutMs: 60_000 });
  const said = ended.output + ended.errors;
  assert.equal(ended.status, 1, `${name}: ${said}`);
  assert.match(ended.errors, new RegExp(`^facematch: [^\\n]+ \\(${code}\\)\\n$`), name);
  for (const secret of [env['FACEMATCH_MASTER_KEY'], env['FACEMATCH_LOOKUP_KEY']]) {
    assert.ok(!secret || !said.includes(secret), name);
  }
  assert.deepEqual(contents(each.path), before, `${name}: a file was changed`);
}

const overwrite = (file: string, at: number, bytes: Buffer) => {
  const all = readFileSync(file);
  bytes.copy(all, at);
  writeFileSync(file, all);
};

const keyringFile = ({ env }: Made, copy: 0 | 1) =>
  env[copy === 0 ? 'FACEMATCH_KEYRING' : 'FACEMATCH_KEYRING_MIRROR'] ?? '';

/** A bit of the wrapped key of the one month with records. */
function flipMonthKey(file: string): void {
  const db = new Database(file, { readonly: true });
  const wrapped = db.prepare('select wrapped from month_keys').pluck().get() as Buffer;
  db.close();
  const all = readFileSync(file);
  const at = all.indexOf(wrapped) + 20;
  all[at] = (all[at] ?? 0) ^ 4;
  writeFileSync(file, all);
}

const both = [0, 1] as const;
const keyring: Damage[] = both.flatMap((copy) => [
  {
    name: `copy ${copy}: a flipped bit`,
    code: 'keyring-invalid',
    apply: (each: Made) => flipMonthKey(keyringFile(each, copy)) as undefined,
  },
  {
    name: `copy ${copy}: truncated`,
    code: 'keyring-invalid',
    apply: (each: Made) => truncateSync(keyringFile(each, copy), 8192) as undefined,
  },
  {
    name: `copy ${copy}: emptied`,
    code: 'keyring-invalid',
    apply: (each: Made) => truncateSync(keyringFile(each, copy), 0) as undefined,
  },
  {
    name: `copy ${copy}: readable by others`,
    code: 'keyring-invalid',
    apply: (each: Made) => chmodSync(keyringFile(each, copy), 0o644) as undefined,
  },
]);

const keys: Damage[] = [
  {
    name: 'another master key',
    code: 'keyring-invalid',
    apply: () => ({ FACEMATCH_MASTER_KEY: randomBytes(32).toString('base64') }),
  },
  {
    name: 'another look-up key',
    code: 'keyring-invalid',
    apply: () => ({ FACEMATCH_LOOKUP_KEY: randomBytes(32).toString('base64') }),
  },
  {
    name: 'half of a master key',
    code: 'config-invalid',
    apply: ({ env }) => ({ FACEMATCH_MASTER_KEY: (env['FACEMATCH_MASTER_KEY'] ?? '').slice(0, 22) }),
  },
  {
    name: 'a master key file of zeros',
    code: 'config-invalid',
    apply: ({ path }) => {
      const file = join(path, 'master.key');
      writeFileSync(file, Buffer.alloc(64));
      return { FACEMATCH_MASTER_KEY: '', FACEMATCH_MASTER_KEY_FILE: file };
    },
  },
];

const database: Damage[] = [
  {
    name: 'header overwritten',
    code: 'store-unavailable',
    apply: ({ env }) => overwrite(env['FACEMATCH_DATABASE'] ?? '', 0, randomBytes(100)) as undefined,
  },
  {
    name: 'first page overwritten behind the header',
    code: 'store-unavailable',
    apply: ({ env }) => overwrite(env['FACEMATCH_DATABASE'] ?? '', 100, randomBytes(3996)) as undefined,
  },
  {
    name: 'cut to its first page',
    code: 'store-unavailable',
    apply: ({ env }) => truncateSync(env['FACEMATCH_DATABASE'] ?? '', 4096) as undefined,
  },
];

/** The models beside the store, so that damage to them stays there. */
const withModels = (damage: (models: string) => void) => (each: Made) => {
  const models = join(each.path, 'models');
  cpSync(join(packageRoot, 'models'), models, { recursive: true });
  damage(models);
  return { FACEMATCH_MODELS: models };
};
const calibration = (models: string) =>
  join(models, readdirSync(models).find((name) => /^mobilefacenet.*calibration/.test(name)) ?? '');

const calibrations: Damage[] = [
  {
    name: 'cut short',
    code: 'calibration-invalid',
    apply: withModels((models) => truncateSync(calibration(models), 500)),
  },
  {
    name: 'for another network',
    code: 'calibration-invalid',
    apply: withModels((models) => {
      const text = readFileSync(calibration(models), 'utf8');
      writeFileSync(calibration(models), text.replaceAll('mobilefacenet-512@', 'mobilefacenet-999@'));
    }),
  },
  {
    name: 'a network’s card cut short',
    code: 'card-invalid',
    apply: withModels((models) => truncateSync(join(models, 'mobilefacenet-512.card.json'), 200)),
  },
];

const rows: readonly [fault: string, damage: readonly Damage[]][] = [
  ['corrupt keyring', keyring],
  ['master key', keys],
  ['corrupt header', database],
  ['corrupt calibration', calibrations],
];
for (const [row, damages] of rows) {
  fault(row, 'refuses to start and overwrites nothing', {}, async (t, tried) => {
    await inLanes(2, damages, (damage) => requireRefusal(t, damage));
    tried(damages.map(({ name }) => name).join('; '));
  });
}
