import { count, percent, percentRange, points, rateName } from './format.js';
import { morphSections, policySection } from './policySections.js';
import type { ListReport, Report, TrialReport } from './report.js';
import { cells, type Section } from './section.js';
import { trialLines, trialTables } from './trialTables.js';

export function sectionsOf(report: Report): Section[] {
  const { list, cross, references, groups, policy, morphs, versus } = report;
  return [
    aboutSection(report),
    ...(list ? [listSection(list)] : []),
    ...(cross ? [trialSection('All cross comparisons', cross)] : []),
    ...(references ? [referencesSection(references)] : []),
    ...(groups ? [groupsSection(groups)] : []),
    ...(policy ? [policySection(policy, morphs)] : []),
    ...(morphs ? morphSections(morphs) : []),
    ...(versus ? [versusSection(versus)] : []),
  ];
}

function aboutSection({ about, acquisition }: Report): Section {
  const { photos, people, failures, failed } = acquisition;
  const reasons = [...new Set(failed.map(({ reason }) => reason))].sort();
  return {
    title: 'What was evaluated',
    lines: [
      `${about.data}, ${about.made}; ${about.command}`,
      `model ${about.model}; calibration ${about.calibration ?? 'none'}`,
      `pipeline ${about.pipeline.join(' → ')}`,
      `failure to acquire: ${count(failures.errors)} of ${count(photos)} photos of ${count(people)} people, ${percent(failures.rate)} (95% ${percentRange(failures.interval)}, exact)`,
      ...reasons.map(
        (reason) => `  ${reason}: ${count(failed.filter((one) => one.reason === reason).length)}`,
      ),
      `Scores are cosines, higher is more alike. Error rates are over comparisons that took place; intervals are 95%. Clustered intervals draw people, not comparisons, with replacement ${count(about.replicates)} times.`,
    ],
    tables: [],
  };
}

function listSection(list: ListReport): Section {
  const { at, folded } = list;
  return {
    title: 'The list of pairs',
    lines: [
      `${count(list.pairs)} pairs: ${count(list.trials.mated)} mated and ${count(list.trials.nonMated)} non-mated with a score, ${count(list.withoutScore)} without`,
      `threshold ${list.threshold.toFixed(4)} (${list.thresholdFrom})`,
      `accuracy ${percent(list.accuracy)} of all pairs; one without a score counts as a non-match`,
      ...(folded === undefined
        ? []
        : [
            `accuracy over ${folded.folds.length} folds, each with the threshold of the others: ${percent(folded.mean)} ± ${percent(folded.standardError)} (standard error)`,
          ]),
    ],
    tables: [
      {
        caption: `Errors at the threshold (${list.intervals})`,
        rows: [
          ['', 'errors', 'rate', '95%'],
          ['false matches', ...cells(at.falseMatch)],
          ['false non-matches', ...cells(at.falseNonMatch)],
        ],
      },
      ...trialTables(list.trials),
    ],
    plots: [{ name: 'pairs of the list', trials: list.trials }],
  };
}

function trialSection(title: string, trials: TrialReport): Section {
  return {
    title,
    lines: trialLines(trials),
    tables: trialTables(trials),
    plots: [{ name: 'one reference', trials }],
  };
}

function referencesSection(references: NonNullable<Report['references']>): Section {
  const rates = references[0]?.report.atRates.map(({ falseMatchRate }) => falseMatchRate) ?? [];
  const sum = references.find(({ rule }) => rule === 'normalised-sum');
  return {
    title: 'One probe against two references of one person',
    lines: references[0]
      ? trialLines(references[0].report)
          .slice(0, 1)
          .map((line) => line.replace(/; equal.*/, ''))
      : [],
    tables: [
      {
        caption:
          'False non-match rate (95%) at each false match rate, by the rule that makes one score of two',
        rows: [
          ['rule', ...rates.map((rate) => `FMR ${rateName(rate)}`)],
          ...references.map(({ rule, report }) => [
            rule,
            ...report.atRates.map(
              ({ falseNonMatch }) =>
                `${percent(falseNonMatch.rate)} (${percentRange(falseNonMatch.interval)})`,
            ),
          ]),
        ],
      },
      ...(sum ? trialTables(sum.report).slice(1, 2) : []),
    ],
    plots: references.map(({ rule, report }) => ({ name: rule, trials: report })),
  };
}

function groupsSection(groups: NonNullable<Report['groups']>): Section {
  return {
    title: `By ${groups.column}`,
    lines: [
      `One threshold for everybody: ${groups.threshold.toFixed(4)} (${groups.thresholdFrom}). Impostors: ${groups.impostors === 'all' ? 'anybody' : 'of the same group only'}.`,
    ],
    tables: [
      {
        caption: 'Error rates by group (subject-clustered bootstrap; failure to acquire exact)',
        rows: [
          [
            'group',
            'photos',
            'people',
            'FTA',
            '95%',
            'false matches',
            'FMR',
            '95%',
            'false non-matches',
            'FNMR',
            '95%',
          ],
          ...groups.groups.map(({ group, photos, people, failures, at }) => [
            group,
            count(photos),
            count(people),
            ...cells(failures).slice(1),
            ...cells(at.falseMatch),
            ...cells(at.falseNonMatch),
          ]),
        ],
      },
    ],
  };
}

function versusSection({ variant, differences }: NonNullable<Report['versus']>): Section {
  return {
    title: `Against a variant: ${variant}`,
    lines: [
      'Differences in points of FNMR, variant less this: negative is better. Both answer the same draws of people.',
    ],
    tables: [
      {
        caption: 'Paired differences at each false match rate',
        rows: [
          ['FMR', 'FNMR', 'variant', 'difference', '95%'],
          ...differences.map(({ falseMatchRate, base, variant: other, difference, interval }) => [
            rateName(falseMatchRate),
            percent(base),
            percent(other),
            points(difference),
            `${points(interval[0])} to ${points(interval[1])}`,
          ]),
        ],
      },
    ],
  };
}
