import Table from 'cli-table3';
import type { ComparisonAnswer, Scored } from '../../comparison/answer.js';
import { oneIn } from '../../comparison/rates.js';
import type { DemoApplicant } from './scenario.js';

export interface Compared {
  readonly applicant: DemoApplicant;
  readonly answer: ComparisonAnswer;
  readonly milliseconds: number;
}

/** One line per applicant; `=` marks a score between two pictures made from one photograph. */
export function comparisonTable(rows: readonly Compared[]): string {
  const table = new Table({
    head: [
      'applicant',
      'photo',
      'newest',
      'older',
      'fused',
      'impostors scoring so high',
      'outcome',
      'reasons',
      'ms',
    ],
    style: { compact: true, head: [], border: [] },
    colAligns: ['left', 'left', 'right', 'right', 'right', 'left', 'left', 'left', 'right'],
    colWidths: [null, null, null, null, null, null, null, 27, null],
    wordWrap: true,
  });
  for (const { applicant, answer, milliseconds } of rows) {
    const evidence = answer.evidence;
    const newest = evidence?.references[0];
    const older = evidence?.references[1];
    const cell = (reference: typeof newest): string => {
      if (reference === undefined) return '–';
      const passport = [applicant.as, ...[]]
        .flatMap((holder) => holder.passports)
        .find(({ number }) => number === reference.documentNumber);
      return `${score(reference.comparison)}${passport?.photo.photograph === applicant.photo.photograph ? ' =' : '  '}`;
    };
    table.push([
      `${applicant.what}\n${applicant.as.givenNames[0]} ${applicant.as.familyName}`,
      applicant.photo.label,
      cell(newest),
      cell(older),
      score(evidence?.fused),
      evidence?.fused === undefined ? '–' : oneIn(evidence.fused),
      answer.outcome,
      [...answer.reasons, ...answer.notices].map(({ code }) => code).join(' '),
      milliseconds.toFixed(0),
    ]);
  }
  return table.toString();
}

const score = (scored: Scored | undefined): string => scored?.score.toFixed(2) ?? '–';
