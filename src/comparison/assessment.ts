import type { Embedding, FaceOutcome, FaceReader } from '../face/types.js';
import type { Application } from '../records/application.js';
import type { Evidence, NoticeCode } from './answer.js';
import type { Calibration } from './calibration.js';
import { compareThreeWay, explain } from './compare.js';
import type { FoundReferences, Reference } from './findReferences.js';
import { decide, type Policy } from './policy.js';
import { measuredQuality } from './quality.js';
import type { ComparisonRecord } from './render.js';

export interface Assessed {
  readonly application: Application;
  readonly probe: Exclude<FaceOutcome, { kind: 'refused' }>;
  readonly found: FoundReferences;
  readonly tries: number;
}

/** Scores the probe against its references and decides: no store, no clock, the same input gives the same answer. */
export function assess(
  parts: {
    readonly faces: Pick<FaceReader, 'model'>;
    readonly calibration: Calibration;
    readonly policy: Policy;
    readonly transferLagDays: number;
  },
  { application, probe, found, tries }: Assessed,
): Pick<ComparisonRecord, 'outcome' | 'reasons' | 'notices' | 'referencesAsOf' | 'evidence'> {
  const { calibration, policy } = parts;
  const { references, holder } = found;
  const embedded = probe.kind === 'embedded' ? probe : undefined;
  const threeWay = compareThreeWay(embedded?.embedding, references.map(vectorOf));
  const decision = decide(
    {
      identity: holder.identity,
      registerNumberInvalid: found.registerNumberInvalid,
      claimedDocumentUnknown: holder.claimedDocumentUnknown,
      tries,
      probe: probe.kind === 'embedded' ? 'embedded' : probe.reason,
      sharpness: embedded?.measures.quality.components.Sharpness.value,
      references: references.length as 0 | 1 | 2,
      scores: threeWay.each.filter((score) => score !== undefined),
      agreement: threeWay.agreement,
      fused: threeWay.fused,
    },
    policy,
  );
  const { each, agreement, fused } = explain(threeWay, calibration, policy);
  const receivedOn = application.receivedAt.slice(0, 10);
  const evidence: Evidence = {
    references: references.map((reference, i) => ({
      documentNumber: reference.number,
      documentType: reference.document.type,
      issuedOn: reference.document.issuedOn,
      ageYears: yearsBetween(reference.document.issuedOn, receivedOn),
      embedding: typeof reference.embedding === 'string' ? reference.embedding : 'embedded',
      ...(each[i] === undefined ? {} : { comparison: each[i] }),
    })),
    ...(agreement === undefined ? {} : { agreement }),
    ...(fused === undefined ? {} : { fused }),
    ...(embedded === undefined ? {} : { quality: qualityOf(embedded) }),
    ...(probe.kind === 'embedded' ? {} : { failureToAcquire: probe.reason }),
    tries,
    model: parts.faces.model,
    calibration: calibration.id,
    policy: policy.id,
    timings: Object.fromEntries(
      Object.entries(probe.timings).map(([stage, milliseconds]) => [stage, Number(milliseconds.toFixed(2))]),
    ),
  };
  return {
    ...decision,
    notices: noticesFor(found),
    referencesAsOf: daysBefore(receivedOn, parts.transferLagDays),
    evidence,
  };
}

/**
 * Documents reach the store months after their issue. Where the store holds fewer than two, or not the one that
 * was claimed, the missing one may simply not have arrived.
 */
function noticesFor({ references, holder }: FoundReferences): NoticeCode[] {
  const notices: NoticeCode[] = [];
  if (references.length < 2 || holder.claimedDocumentUnknown) notices.push('newer-document-possible');
  if (references.length === 1) notices.push('one-reference-only');
  return notices;
}

const vectorOf = ({ embedding }: Reference): Embedding | undefined =>
  typeof embedding === 'string' ? undefined : embedding;

function qualityOf({
  measures,
}: Extract<FaceOutcome, { kind: 'embedded' }>): NonNullable<Evidence['quality']> {
  const { faces, confidence, quality } = measures;
  return { faces, confidence, ...measuredQuality(quality) };
}

const day = 24 * 60 * 60 * 1000;

function daysBefore(date: string, days: number): string {
  return new Date(Date.parse(date) - days * day).toISOString().slice(0, 10);
}

/** To a tenth of a year. */
function yearsBetween(from: string, to: string): number {
  return Number(((Date.parse(to) - Date.parse(from)) / (365.2425 * day)).toFixed(1));
}
