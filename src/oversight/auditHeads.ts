import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import type { AuditTrail } from '../store/audit.js';
import type { KeptHead } from '../store/auditReader.js';

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);

/** The end of the trail at a moment, signed: to be sent elsewhere, so that cutting the trail shows. */
export const signedHeadSchema = z.strictObject({
  seq: z.int().nonnegative().describe('Number of the last entry'),
  at: z.iso.datetime(),
  hash: hex32.describe('SHA-256 of the last entry, hexadecimal; each entry holds the hash of the one before'),
  publicKey: hex32.describe('Ed25519 public key (RFC 8032), hexadecimal'),
  signature: z
    .string()
    .regex(/^[0-9a-f]{128}$/)
    .describe('Over "passport-facematch/v1/audit-head", a zero byte and the JSON array [seq, at, hash]'),
});
export type SignedHead = z.output<typeof signedHeadSchema>;

/** Signs heads with the Ed25519 key of the audit trail (RFC 8032). */
export interface HeadSigner {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  sign(head: Pick<KeptHead, 'seq' | 'hash' | 'at'>): KeptHead;
}

/** @param seed 32 random bytes, the private key of RFC 8032 section 5.1.5 */
export function headSigner(seed: Uint8Array): HeadSigner {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  const key = createPrivateKey({ key: Buffer.concat([prefix, seed]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const publicKey = new Uint8Array(spki.subarray(-32));
  return {
    publicKey,
    sign: (head) => ({
      ...head,
      publicKey,
      signature: new Uint8Array(sign(null, message(head), key)),
    }),
  };
}

export function headVerifies(head: KeptHead): boolean {
  return verify(null, message(head), publicKeyOf(head.publicKey), head.signature);
}

export interface AuditHeads {
  /**
   * Signs the trail as it is now, keeps the head beside it and adds it to the heads' file where there is one.
   *
   * @throws FacematchError `storage-full`, `store-unavailable`
   */
  signHead(): Promise<SignedHead>;
  /** Signs where entries came since this process signed last. */
  signIfNew(): Promise<void>;
  /** Signs once more. */
  close(): Promise<void>;
}

export function createAuditHeads(parts: {
  readonly trail: AuditTrail;
  readonly signer: HeadSigner;
  readonly clock: Clock;
  /** One JSON object a line; undefined keeps heads in the database alone. */
  readonly file?: string | undefined;
  /** Told when a head could not be kept. */
  readonly failed: (error: unknown) => void;
}): AuditHeads {
  const { trail, signer, clock, file } = parts;
  let signedUpTo: number | undefined;
  const signHead = async (): Promise<SignedHead> => {
    const position = await trail.position();
    const head = signer.sign({ ...position, at: clock().toISOString() });
    if (head.seq > 0) await trail.keepHead(head);
    const signed = toSignedHead(head);
    if (file !== undefined && signedUpTo !== head.seq) {
      await addLine(file, JSON.stringify(signed));
    }
    signedUpTo = head.seq;
    return signed;
  };
  const signIfNew = async () => {
    if ((await trail.position()).seq !== signedUpTo) await signHead();
  };
  return {
    signHead,
    signIfNew,
    async close() {
      await signIfNew().catch(parts.failed);
    },
  };
}

/** @throws FacematchError `storage-full`, `store-unavailable`: the head is then in the database alone */
async function addLine(file: string, line: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, `${line}\n`, { mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    throw new FacematchError(
      full ? 'storage-full' : 'store-unavailable',
      'A signed head of the audit trail could not be added to its file.',
      { ...(code !== undefined && { system: code }) },
      { cause: error },
    );
  }
}

/** Heads kept outside the database, one JSON object a line. */
export async function readHeads(file: string): Promise<KeptHead[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new FacematchError('input-invalid', 'The file of signed heads cannot be read.');
  });
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      try {
        return keptHead(signedHeadSchema.parse(JSON.parse(line)));
      } catch {
        throw new FacematchError('input-invalid', 'The file of signed heads has a line that is none.');
      }
    });
}

export function keptHead(head: SignedHead): KeptHead {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
  return {
    seq: head.seq,
    at: head.at,
    hash: bytes(head.hash),
    publicKey: bytes(head.publicKey),
    signature: bytes(head.signature),
  };
}

export function toSignedHead(head: KeptHead): SignedHead {
  return {
    seq: head.seq,
    at: head.at,
    hash: hex(head.hash),
    publicKey: hex(head.publicKey),
    signature: hex(head.signature),
  };
}

function message({ seq, at, hash }: Pick<KeptHead, 'seq' | 'hash' | 'at'>): Buffer {
  return Buffer.from(`passport-facematch/v1/audit-head\0${JSON.stringify([seq, at, hex(hash)])}`, 'utf8');
}

function publicKeyOf(raw: Uint8Array): KeyObject {
  const prefix = Buffer.from('302a300506032b6570032100', 'hex');
  return createPublicKey({ key: Buffer.concat([prefix, raw]), format: 'der', type: 'spki' });
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
