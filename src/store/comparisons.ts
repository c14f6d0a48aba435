import type { Insertable } from 'kysely';
import { FacematchError } from '../errors.js';
import type { AuditTrail } from './audit.js';
import { counting, linksOf, standingOf } from './comparisonLinks.js';
import { together } from './database/together.js';
import type { RecordDatabase } from './database.js';
import type { IdempotencyKeys } from './idempotency.js';
import { raiseGeneration } from './identity.js';
import { modeAt } from './modes.js';
import type { CreatedComparison, NewComparison, SealedPhoto } from './newComparison.js';
import { prepared } from './prepared.js';
import { prepareReview } from './reviewRows.js';
import type { Schema } from './schema.js';
import { jsonBytes, jsonValue, type Vault, vectorBytes, vectorOf } from './vault.js';

export interface StoredComparison {
  readonly id: string;
  readonly applicationKey: Uint8Array;
  readonly office: string;
  readonly outcome: string;
  readonly createdAt: string;
  readonly model: string;
  readonly calibration: string;
  readonly policy: string;
  readonly retentionEnds: string;
  /** `active`, or `trial` where it decided nothing. */
  readonly mode: string;
  readonly detail: unknown;
}

export interface ComparisonParts {
  readonly database: RecordDatabase;
  readonly vault: Vault;
  readonly trail: AuditTrail;
  readonly idempotency: IdempotencyKeys;
}

const insertComparison = prepared((db, row: Insertable<Schema['comparisons']>) =>
  db.insertInto('comparisons').values(row),
);

const insertProbe = prepared((db, row: Schema['probes']) => db.insertInto('probes').values(row));

const triesOf = prepared((db, { applicationKey }: { applicationKey: Uint8Array }) =>
  db
    .selectFrom('comparisons')
    .select((count) => count.fn.countAll<number>().as('tries'))
    .where('application_key', '=', applicationKey),
);

/** @see RecordDatabase.write */
const subjectsOf = ({ idempotency }: Pick<NewComparison, 'idempotency'>): Uint8Array[] =>
  idempotency === undefined ? [] : [idempotency.key];

export class Comparisons {
  readonly #parts: ComparisonParts;

  constructor(parts: ComparisonParts) {
    this.#parts = parts;
  }

  /**
   * Seals a probe's photo ahead of the comparison that {@link create} stores it with; a photo that never gets there
   * leaves nothing but an unused key.
   *
   * @param id of the comparison.
   * @param retentionEnds `YYYY-MM-DD`
   */
  async sealPhoto(id: string, photo: Uint8Array, retentionEnds: string): Promise<SealedPhoto> {
    const { vault } = this.#parts;
    const key = await vault.reserve(retentionEnds);
    return { bytes: vault.seal(key, id, 'probe.photo', photo), key, retentionEnds };
  }

  /**
   * Stores a comparison with its probe, its review where it asks for one, audit entry and idempotency key, or nothing.
   * When the same request was stored meanwhile, its id comes back and nothing changes.
   *
   * The mode is the one in effect at the commit, whatever it was when the comparison began.
   *
   * @throws FacematchError `suspended`, `revision-conflict` (a reference was corrected since it was read),
   * `idempotency-mismatch`, `storage-full`, `store-unavailable`.
   */
  async create(comparison: NewComparison): Promise<CreatedComparison> {
    const { database, vault, trail, idempotency } = this.#parts;
    const { id, probe, idempotency: claim } = comparison;
    const key = await vault.reserve(comparison.retentionEnds);
    const detail = vault.seal(key, id, 'comparison.detail', jsonBytes(comparison.detail));
    const photo =
      probe &&
      ('sealed' in probe ? probe.sealed : await this.sealPhoto(id, probe.photo, probe.retentionEnds));
    const probeRow = photo && this.#probeRow(id, photo, probe.embedding);
    const review =
      comparison.outcome === 'review'
        ? await prepareReview(vault, {
            comparisonId: id,
            office: comparison.office,
            openedAt: comparison.createdAt,
            retentionEnds: comparison.reviewRetentionEnds ?? comparison.retentionEnds,
          })
        : undefined;
    const generation = Math.max(key.generation, photo?.key.generation ?? 0, review?.generation ?? 0);
    return database.write(
      async (trx) => {
        const earlier = claim && (await idempotency.findIn(trx, 'comparison', claim));
        const { change, outdated } = await standingOf(trx, comparison);
        const mode = modeAt(change, comparison.createdAt);
        if (earlier !== undefined) return { id: earlier, created: false, mode };
        if (mode === 'suspended') throw new FacematchError('suspended', 'Comparisons are suspended.');
        if (outdated) throw new FacematchError('revision-conflict', 'A reference was corrected meanwhile.');
        await together(trx, [
          insertComparison.with({
            id,
            application_key: comparison.applicationKey,
            office: comparison.office,
            outcome: comparison.outcome,
            created_at: comparison.createdAt,
            model: comparison.model,
            calibration: comparison.calibration,
            policy: comparison.policy,
            key_id: key.id,
            retention_ends: comparison.retentionEnds,
            mode,
            score: comparison.score ?? null,
            strength: comparison.strength ?? null,
            verdict: null,
            queryable: 1,
            detail,
          }),
          ...linksOf(comparison),
          ...(review?.opening(mode) ?? []),
          ...(probeRow === undefined ? [] : [insertProbe.with(probeRow)]),
          ...(claim === undefined ? [] : [idempotency.recording('comparison', claim, id)]),
          raiseGeneration.with({ generation }),
        ]);
        // On trial the trail does not tell what nobody is to act on.
        const outcome = mode === 'trial' ? 'trial' : comparison.audit.outcome;
        await trail.appendIn(trx, { ...comparison.audit, outcome }, [
          counting(comparison, mode),
          ...(claim === undefined ? [] : [idempotency.forgetting()]),
        ]);
        return { id, created: true, mode, ...(review && { reviewId: review.id }) };
      },
      subjectsOf({ idempotency: claim }),
    );
  }

  /**
   * @param office whose comparison it has to be, where given: another's is as absent as none, and nothing of it is
   * opened, so that not even the time says that it is there
   * @throws FacematchError `not-found`, `integrity-failure`
   */
  async get(id: string, office?: string): Promise<StoredComparison> {
    const row = await this.#parts.database.read((db) => {
      const query = db.selectFrom('comparisons').selectAll().where('id', '=', id);
      return (office === undefined ? query : query.where('office', '=', office)).executeTakeFirst();
    });
    if (row === undefined) throw new FacematchError('not-found', 'The store has no such comparison.', { id });
    return {
      id: row.id,
      applicationKey: new Uint8Array(row.application_key),
      office: row.office,
      outcome: row.outcome,
      createdAt: row.created_at,
      model: row.model,
      calibration: row.calibration,
      policy: row.policy,
      retentionEnds: row.retention_ends,
      mode: row.mode,
      detail: jsonValue(await this.#parts.vault.open(row, id, 'comparison.detail', row.detail)),
    };
  }

  /**
   * The comparison's probe; undefined once its own retention is over.
   *
   * @throws FacematchError `not-found` when its key was destroyed, `integrity-failure`.
   */
  async probe(id: string): Promise<{ photo: Uint8Array; embedding?: Float32Array | undefined } | undefined> {
    const { database, vault } = this.#parts;
    const row = await database.read((db) =>
      db.selectFrom('probes').selectAll().where('comparison_id', '=', id).executeTakeFirst(),
    );
    if (row === undefined) return undefined;
    const open = await vault.opener(row, id);
    return {
      photo: open('probe.photo', row.photo),
      embedding: row.embedding === null ? undefined : vectorOf(open('probe.embedding', row.embedding)),
    };
  }

  /** How many comparisons this application has had. */
  tries(applicationKey: Uint8Array): Promise<number> {
    return this.#parts.database.read(async (db) => (await triesOf(db, { applicationKey }))[0]?.tries ?? 0);
  }

  #probeRow(
    id: string,
    { key, bytes, retentionEnds }: SealedPhoto,
    embedding: Float32Array | undefined,
  ): Schema['probes'] {
    const vector = embedding && this.#parts.vault.seal(key, id, 'probe.embedding', vectorBytes(embedding));
    return {
      comparison_id: id,
      key_id: key.id,
      retention_ends: retentionEnds,
      photo: bytes,
      embedding: vector ?? null,
    };
  }
}
