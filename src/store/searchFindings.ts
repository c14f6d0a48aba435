import type { Transaction } from 'kysely';
import { FacematchError } from '../errors.js';
import { sameKey } from './crypto/keys.js';
import type { Schema } from './schema.js';
import { type FindingDetail, type SearchRow, sealPart, verificationField } from './searchRows.js';
import type { Vault } from './vault.js';

export interface NewFinding extends FindingDetail {
  readonly documentId: string;
  readonly otherId?: string | undefined;
}

export interface NewVerification {
  readonly person: string;
  /** Keyed hash of the person. */
  readonly personKey: Uint8Array;
  readonly verdict: string;
  readonly reason: string;
  readonly at: string;
}

/** Two people look at a finding, each for themselves. */
export const verificationsOfOne = 2;

/** @returns the documents found; none where one was destroyed meanwhile, and then nothing is kept. */
export async function insertFinding(
  trx: Transaction<Schema>,
  vault: Vault,
  row: SearchRow,
  rank: number,
  { documentId, otherId, ...detail }: NewFinding,
): Promise<readonly string[]> {
  const documents = otherId === undefined ? [documentId] : [documentId, otherId];
  const there = await trx.selectFrom('documents').select('id').where('id', 'in', documents).execute();
  if (there.length < documents.length) return [];
  await trx
    .insertInto('search_findings')
    .values({
      search_id: row.id,
      rank,
      document_id: documentId,
      other_id: otherId ?? null,
      detail: await sealPart(vault, row, `search.finding/${rank}`, detail),
    })
    .execute();
  return documents;
}

/**
 * @returns the document of the finding.
 * @throws FacematchError `not-found`, `verification-closed` where this person or two others gave their verdict
 */
export async function insertVerification(
  trx: Transaction<Schema>,
  vault: Vault,
  row: SearchRow,
  rank: number,
  { personKey, at, ...detail }: NewVerification,
): Promise<string> {
  const { id } = row;
  const finding = await trx
    .selectFrom('search_findings')
    .select('document_id')
    .where('search_id', '=', id)
    .where('rank', '=', rank)
    .executeTakeFirst();
  if (finding === undefined) throw new FacematchError('not-found', 'The search found no such thing.', { id });
  const given = await trx
    .selectFrom('search_verifications')
    .select('person_key')
    .where('search_id', '=', id)
    .where('rank', '=', rank)
    .execute();
  const own = given.some(({ person_key }) => sameKey(person_key, personKey));
  if (own || given.length >= verificationsOfOne) {
    throw new FacematchError('verification-closed', 'The verdict was given.', { id, rank });
  }
  const sealed = await sealPart(vault, row, verificationField(rank, given.length), detail);
  await trx
    .insertInto('search_verifications')
    .values({ search_id: id, rank, position: given.length, person_key: personKey, at, detail: sealed })
    .execute();
  return finding.document_id;
}
