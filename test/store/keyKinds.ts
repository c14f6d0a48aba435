import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { pino } from 'pino';
import { startKeyService } from '../../src/keyService/server.js';
import type { StoreBinding } from '../../src/store/identity.js';
import { type KeyPlace, type Keys, openKeys } from '../../src/store/openKeys.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { folder, now } from './fixture.js';

/** One keyring with its ledger, wherever it is kept. */
export interface KeyHome {
  readonly masterKey: Uint8Array;
  /** For the options of a store. */
  readonly place: KeyPlace;
  /** Opens it, as one process does. */
  open(expected?: StoreBinding, masterKey?: Uint8Array): Promise<Keys>;
  /** Every byte that is kept of the wrapped keys and the ledger, as far as it can be read from outside. */
  contents(): Promise<Buffer>;
}

export interface KeyKind {
  readonly name: string;
  /** Why its tests cannot run here. */
  readonly skip: string | false;
  /** Whether several processes hold it at once. */
  readonly shared: boolean;
  home(t: TestContext): Promise<KeyHome>;
}

let cluster: Promise<PrivatePostgres> | undefined;
after(async () => (await cluster)?.dispose());

/** One server for the tests of one file. */
export function postgres(): Promise<PrivatePostgres> {
  cluster ??= PrivatePostgres.start();
  return cluster;
}

const tables = ['keyring', 'month_keys', 'data_keys', 'destroyed', 'ledger', 'batches'];

const closing = (t: TestContext, keys: Keys): Keys => {
  t.after(async () => {
    await keys.keyring.close();
    await keys.ledger.close();
  });
  return keys;
};

const files: KeyKind = {
  name: 'files',
  skip: false,
  shared: false,
  async home(t) {
    const path = folder(t);
    const keyringPaths = [join(path, 'a', 'keyring.db'), join(path, 'b', 'keyring.db')] as const;
    const masterKey = randomBytes(32);
    return {
      masterKey,
      place: { keyringPaths, masterKey },
      open: async (expected, key = masterKey) =>
        closing(t, await openKeys({ keyringPaths, masterKey: key }, expected, () => now)),
      contents: async () => Buffer.concat(keyringPaths.map((file) => readFileSync(file))),
    };
  },
};

const onPostgres: KeyKind = {
  name: 'PostgreSQL',
  skip: withoutPostgres,
  shared: true,
  async home(t) {
    const server = await postgres();
    const name = `keys_${randomUUID().replaceAll('-', '')}`;
    const keyringUrl = server.createDatabase(name);
    const masterKey = randomBytes(32);
    const place = { keyringPaths: ['', ''] as const, keyringUrl };
    return {
      masterKey,
      place: { ...place, masterKey },
      open: async (expected, key = masterKey) =>
        closing(t, await openKeys({ ...place, masterKey: key }, expected, () => now)),
      contents: async () => {
        const rows = [];
        for (const table of tables) rows.push(...(await server.query(`select * from ${table}`, name)));
        return Buffer.concat(
          rows.flatMap((row) => Object.values(row).map((value) => Buffer.from(value as Buffer | string))),
        );
      },
    };
  },
};

/** A service of keys that runs in this process, on the files of a keyring. */
export async function serveFiles(
  t: TestContext,
  options: { readonly path?: string; readonly masterKey?: Uint8Array; readonly port?: number } = {},
) {
  const { path = folder(t), masterKey = randomBytes(32), port = 0 } = options;
  const keyringPaths = [join(path, 'a', 'keyring.db'), join(path, 'b', 'keyring.db')] as const;
  const keys = await openKeys({ keyringPaths, masterKey }, 'any', () => now);
  const token = 'a token between a service of keys and its clients';
  const lines: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });
  const service = await startKeyService({ keys, host: '127.0.0.1', port, access: { token }, logger });
  const stop = async () => {
    await service.close();
    await keys.keyring.close();
    await keys.ledger.close();
  };
  t.after(stop);
  return { path, keyringPaths, masterKey, token, url: service.url, lines, keys, stop };
}

const throughService: KeyKind = {
  name: 'key service',
  skip: false,
  shared: true,
  async home(t) {
    const { masterKey, keyringPaths, url, token } = await serveFiles(t);
    const place = {
      keyringPaths: ['', ''] as const,
      masterKey: undefined,
      keyringUrl: url,
      keyService: { token },
    };
    return {
      masterKey,
      place,
      open: async (expected) => closing(t, await openKeys(place, expected, () => now)),
      contents: async () => Buffer.concat(keyringPaths.map((file) => readFileSync(file))),
    };
  },
};

export const keyKinds: readonly KeyKind[] = [files, onPostgres, throughService];

/** What a database remembers of these keys after their last change. */
export async function bindingOf({ keyring, ledger }: Keys): Promise<StoreBinding> {
  const { generation } = await keyring.state();
  return { id: keyring.id, generation, ledger: { id: ledger.id, seq: await ledger.lastSeq() } };
}
