import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { FacematchError } from './errors.js';

const schema = z.strictObject({ master: z.base64(), lookup: z.base64() });

/**
 * Store keys for development, made on first use beside the database (mode 0600). Production never calls this: its
 * keys come from the environment.
 *
 * @throws FacematchError `config-invalid` for a file that is no key file or that others may read
 */
export function developmentKeys(database: string): {
  masterKey: Uint8Array;
  lookupKey: Uint8Array;
  auditKey: Uint8Array;
} {
  const file = join(dirname(database), 'development-keys.json');
  try {
    mkdirSync(dirname(file), { recursive: true });
    const keys = { master: randomBytes(32).toString('base64'), lookup: randomBytes(32).toString('base64') };
    writeFileSync(file, JSON.stringify(keys), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new FacematchError(
        'config-invalid',
        'The development keys cannot be written beside the database.',
        {},
        { cause: error },
      );
    }
  }
  const parsed = schema.safeParse(readJson(file));
  if (!parsed.success || (statSync(file).mode & 0o077) !== 0) {
    throw new FacematchError(
      'config-invalid',
      'The development keys beside the database cannot be used: no key file, or others may read it.',
    );
  }
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  const masterKey = bytes(parsed.data.master);
  const auditKey = new Uint8Array(hkdfSync('sha256', masterKey, '', 'development/audit-key', 32));
  return { masterKey, lookupKey: bytes(parsed.data.lookup), auditKey };
}

/** Whether this is the key that was made for development beside the database: production refuses it. */
export function isDevelopmentKey(database: string, masterKey: Uint8Array): boolean {
  const parsed = schema.safeParse(readJson(join(dirname(database), 'development-keys.json')));
  return parsed.success && Buffer.from(parsed.data.master, 'base64').equals(masterKey);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
