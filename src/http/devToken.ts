import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';

/** An ES256 key pair for development, where no authority issues tokens. */
export interface TokenKey {
  readonly privateKey: JWK;
  /** What the service verifies with: `AuthOptions.keys.jwks`. */
  readonly publicKey: JWK;
}

export interface TokenRequest {
  readonly issuer: string;
  readonly audience: string;
  readonly client: string;
  readonly subject: string;
  readonly person?: string | undefined;
  readonly office?: string | undefined;
  readonly role?: string | undefined;
  readonly scopes: readonly string[];
  readonly lifetimeSeconds: number;
}

const keySchema = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
});

/**
 * Reads the key pair in `file`, or makes one there (mode 0600) when there is no such file. Throws
 * `config-invalid` for a file that is no key pair or that others may read.
 */
export async function openTokenKey(file: string): Promise<TokenKey> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw unusable('cannot be read');
  });
  if (text === undefined) return createTokenKey(file);
  if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0) {
    throw unusable('may be read by others: give it mode 0600');
  }
  return parseKey(text);
}

/** A signed access token (RFC 9068) with the claims that `createAuthenticator` requires. */
export async function issueToken(key: TokenKey, request: TokenRequest, clock: Clock): Promise<string> {
  const issuedAt = Math.floor(clock().getTime() / 1000);
  return new SignJWT({
    client_id: request.client,
    scope: request.scopes.join(' '),
    ...(request.person !== undefined && { act: { sub: request.person } }),
    ...(request.office !== undefined && { office: request.office }),
    ...(request.role !== undefined && { role: request.role }),
  })
    .setProtectedHeader({
      alg: 'ES256',
      typ: 'at+jwt',
      ...(key.privateKey.kid && { kid: key.privateKey.kid }),
    })
    .setIssuer(request.issuer)
    .setAudience(request.audience)
    .setSubject(request.subject)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + request.lifetimeSeconds)
    .sign(key.privateKey);
}

async function createTokenKey(file: string): Promise<TokenKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const text = JSON.stringify({ ...jwk, alg: 'ES256', kid: await calculateJwkThumbprint(jwk) });
  await mkdir(dirname(file), { recursive: true });
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(text).finally(() => handle.close());
  } catch {
    throw unusable('cannot be written');
  }
  return parseKey(text);
}

function parseKey(text: string): TokenKey {
  try {
    const privateKey = keySchema.parse(JSON.parse(text));
    const { d: _secret, ...publicKey } = privateKey;
    return { privateKey, publicKey };
  } catch {
    throw unusable('holds no ES256 key pair');
  }
}

const unusable = (why: string) => new FacematchError('config-invalid', `The file of the token key ${why}.`);
