import { z } from 'zod';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import { by, type Caller } from '../oversight/caller.js';
import { roleNamed, roleOf } from '../oversight/roles.js';
import type { Store } from '../store/store.js';
import { documentView, encoded } from './documentView.js';
import type { HolderFile } from './holderFile.js';
import { personKeys } from './keys.js';
import { type OwnComparison, ownComparisons } from './ownComparisons.js';
import { registerNumberValid } from './registerNumber.js';
import { ruleFor, statutoryRetention } from './retention.js';
import { samePlace } from './samePerson.js';
import { type StatutoryRecord, storedRecord } from './statutoryRecord.js';
import { name, partialDay, text } from './text.js';
import { invalid, validated } from './validation.js';

export const holderLookupSchema = z.strictObject({
  registerNumber: text(20).refine(registerNumberValid).optional(),
  familyName: name.optional(),
  givenNames: z.array(name).max(20).optional(),
  birthDate: partialDay.optional(),
  birthPlace: text(200).optional().describe('Tells namesakes apart without opening the files of others'),
});

export const holderFoundSchema = z.strictObject({
  holders: z.array(z.string()).describe('Ids that say nothing; several where namesakes share a birth date'),
  comparisons: z
    .array(z.string())
    .describe('Comparisons under these identifiers while no document of the person was held'),
});
export type HolderFound = z.output<typeof holderFoundSchema>;

export interface Rights {
  /**
   * Finds a holder by register number, or by names and birth date; both have to agree where both are given, and so has
   * the place of birth.
   */
  lookup(document: unknown, caller: Caller): Promise<HolderFound>;
  /** Everything recorded about a holder. @throws FacematchError `not-found` */
  file(holderId: string, caller: Caller): Promise<HolderFile>;
}

/** More consultations than this are not listed one by one. */
const mostConsultations = 10_000;

export function createRights({ store, clock }: { store: Store; clock: Clock }): Rights {
  return {
    async lookup(document, caller) {
      const asked = validated(holderLookupSchema, document, 'query');
      const { registerKey, identityKeys } = keysOf(asked, store);
      const found = await store.documents.findByKeys({
        register: registerKey,
        identity: identityKeys,
        numbers: [],
      });
      const byRegister = new Set(found.byRegister.map((row) => row.holderId));
      const byIdentity = new Set(found.byIdentity.map((row) => row.holderId));
      const led =
        registerKey !== undefined && identityKeys.length > 0
          ? [...byRegister].filter((holder) => byIdentity.has(holder))
          : [...byRegister, ...byIdentity];
      const holders = asked.birthPlace === undefined ? led : await bornIn(store, asked.birthPlace, led);
      const comparisons = led.length > 0 ? [] : await underKeys(store, registerKey, identityKeys);
      const [only] = holders;
      await store.audit.append({
        ...by(caller),
        action: 'holder.lookup',
        subject: only !== undefined && holders.length === 1 ? { record: only } : undefined,
        outcome: holders.length === 0 ? 'not-found' : 'done',
        facts: { holders: holders.length, comparisons: comparisons.length },
      });
      return { holders, comparisons };
    },

    async file(holderId, caller) {
      const rows = await store.documents.ofHolders([holderId]);
      if (rows.length === 0) throw new FacematchError('not-found', 'There is no such holder.');
      const documents = await Promise.all(rows.map((row) => documentOf(store, row.id)));
      const own = await ownComparisons(store, { holderId, documents });
      const comparisons = await Promise.all(own.map((one) => comparisonOf(store, one)));
      const documentIds = rows.map((row) => row.id);
      const comparisonIds = comparisons.map(({ comparisonId }) => comparisonId);
      const consultations = await consultationsOf(store, [holderId, ...documentIds, ...comparisonIds]);
      await store.audit.append({
        ...by(caller),
        action: 'holder.file',
        subject: { record: holderId },
        outcome: 'done',
        facts: { documents: documents.length, comparisons: comparisons.length },
      });
      return { holderId, madeAt: clock().toISOString(), documents, comparisons, consultations };
    },
  };
}

function keysOf(asked: z.output<typeof holderLookupSchema>, store: Store) {
  const { registerNumber, familyName, givenNames, birthDate } = asked;
  const named = familyName !== undefined && givenNames !== undefined && birthDate !== undefined;
  if (!named && (familyName ?? givenNames ?? birthDate) !== undefined) {
    throw invalid('query', [{ path: ['birthDate'], code: 'incomplete' }]);
  }
  if (!named && registerNumber === undefined) {
    throw invalid('query', [{ path: ['registerNumber'], code: 'missing' }]);
  }
  const keys = personKeys(
    {
      registerNumber,
      familyName: familyName ?? '',
      givenNames: givenNames ?? [],
      birthDate: birthDate ?? '',
    },
    store.lookup,
  );
  return named ? keys : { registerKey: keys.registerKey, identityKeys: [] };
}

/** Those of these holders one of whose documents names this place of birth. */
async function bornIn(store: Store, birthPlace: string, holders: readonly string[]): Promise<string[]> {
  const born = new Set<string>();
  for (const { id, holderId } of await store.documents.ofHolders(holders)) {
    if (born.has(holderId)) continue;
    const { holder } = storedRecord(await store.documents.record(id));
    if (samePlace(holder.birthPlace, birthPlace)) born.add(holderId);
  }
  return holders.filter((holder) => born.has(holder));
}

/** Comparisons made under every kind of identifier that is given. */
async function underKeys(
  store: Store,
  registerKey: Uint8Array | undefined,
  identityKeys: readonly Uint8Array[],
): Promise<string[]> {
  if (registerKey === undefined) return store.outcomes.concerning([], identityKeys);
  const numbered = await store.outcomes.concerning([], [registerKey]);
  if (identityKeys.length === 0) return numbered;
  const named = new Set(await store.outcomes.concerning([], identityKeys));
  return numbered.filter((id) => named.has(id));
}

async function documentOf(store: Store, id: string): Promise<HolderFile['documents'][number]> {
  const [view, state, opened, rectifications] = await Promise.all([
    documentView(store, id),
    store.documents.state(id),
    store.documents.open(id),
    store.rectifications.ofDocument(id),
  ]);
  return {
    ...view,
    retentionBasis: ruleFor(view.record, statutoryRetention).basis,
    photo: encoded(opened.photo),
    ...(opened.signature === undefined ? {} : { signature: encoded(opened.signature) }),
    embedding: { state: state.embeddingState, model: state.embeddingModel },
    rectifications: rectifications.map(({ revision, at, detail, images }) => {
      const { reason, changed, before } = detail as {
        reason: string;
        changed?: string[];
        before: StatutoryRecord;
      };
      return {
        revision,
        at,
        reason,
        changed: changed ?? [],
        before,
        imagesBefore: images.map(({ kind, content }) => ({ kind, ...encoded(content) })),
      };
    }),
  };
}

async function comparisonOf(
  store: Store,
  { comparison, record, evidence }: OwnComparison,
): Promise<HolderFile['comparisons'][number]> {
  const [reevaluations, decision, reviews, inquired] = await Promise.all([
    store.outcomes.reevaluations(comparison.id),
    store.outcomes.decision(comparison.id),
    store.reviewQueue.ofComparisons([comparison.id]),
    store.inquiries.concerns({ kind: 'comparison', id: comparison.id }),
  ]);
  const review = inquired ? undefined : reviews.get(comparison.id);
  const { applicationId, office, comparedAt, outcome, reasons } = record;
  return {
    comparisonId: comparison.id,
    applicationId,
    office,
    comparedAt,
    mode: comparison.mode === 'trial' ? 'trial' : 'active',
    outcome,
    reasons: [...reasons],
    evidence,
    retentionEnds: comparison.retentionEnds,
    reevaluations: reevaluations.map(({ at, outcome: now }) => ({ at, outcome: now ?? null })),
    ...(review?.verdict === undefined
      ? {}
      : { review: { verdict: review.verdict, on: (review.doneAt ?? review.openedAt).slice(0, 10) } }),
    ...(decision === undefined ? {} : { decision: decision.decision, decidedAt: decision.decided_at }),
  };
}

/** Who looked, in which role and why; inquiries are left out, as the law does not let them be told. */
async function consultationsOf(
  store: Store,
  records: readonly string[],
): Promise<HolderFile['consultations']> {
  const lines = await store.auditQuery.about(records, mostConsultations);
  return lines.flatMap(({ at, client, role, ground, action, outcome, behalf }) => {
    // A hold may be an inquiry's, whoever placed it.
    if (behalf === 'inquiry' || action.startsWith('hold.')) return [];
    const named = role === null ? undefined : roleNamed(role);
    const known = named && roleOf(named);
    if (known?.toldToHolder === false) return [];
    return [{ at, system: client, role: known?.title ?? null, ground, action, outcome }];
  });
}
