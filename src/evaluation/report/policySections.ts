import type { DetectorReport } from '../morph/detectorReport.js';
import type { MorphSettings } from '../morph/morph.js';
import type { MorphReport } from '../morph/morphReport.js';
import type { PolicyReport } from '../policy/policyTradeOff.js';
import type { RateWithInterval } from '../statistics/intervals.js';
import { count, percent, percentRange } from './format.js';
import { cells, type Section, type Table } from './section.js';

const rateCells = (rate: RateWithInterval): string[] => cells(rate).slice(1);

/** Each rule's price and worth side by side. */
export function policySection(policy: PolicyReport, morphs: MorphReport | undefined): Section {
  return {
    title: 'What each rule of the policy costs and catches',
    lines: [
      `${count(policy.honest)} honest and ${count(policy.impostors)} impostor trials of one probe against two references, thresholds from the calibration`,
      ...(morphs === undefined
        ? []
        : [
            `${count(morphs.attacks)} criminals renew a passport that holds a morph; the older reference is the accomplice's genuine photo`,
          ]),
    ],
    tables: [
      {
        caption: 'Trade-off (subject-clustered bootstrap)',
        rows: [
          [
            'rule',
            'honest to review',
            '95%',
            'impostors passed',
            '95%',
            ...(morphs ? ['morph users passed', '95%'] : []),
          ],
          ...policy.rules.map(({ rule, honestReviewed, impostorsPassed }, i) => {
            const passed = morphs?.rules[i]?.passed;
            return [
              rule,
              ...rateCells(honestReviewed),
              ...rateCells(impostorsPassed),
              ...(passed ? rateCells(passed) : []),
            ];
          }),
        ],
      },
    ],
  };
}

export function morphSections(morphs: MorphReport): Section[] {
  return [
    {
      title: 'Morphed photos',
      lines: [
        `MMPMR: share of the morphs that match both people, in photos that are not in the morph, at the threshold of FMR ${morphs.falseMatchRate} (${morphs.threshold.toFixed(4)}). ${count(morphs.failed)} morphs without a face.`,
      ],
      tables: [mmpmrTable(morphs)],
    },
    {
      title: 'A detector of morphs on top',
      lines:
        morphs.detectors.length === 0
          ? ['Too few morphs to train and test one.']
          : ['Trained and tested on different people and different kinds of morph.'],
      tables: morphs.detectors.length === 0 ? [] : [detectorTable(morphs.detectors)],
    },
  ];
}

export const settingsName = ({ factor, background, quality }: MorphSettings): string =>
  `${Math.round(100 * factor)}% criminal, ${background === 'both' ? 'both backgrounds' : "accomplice's background"}, JPEG ${quality}`;

function mmpmrTable({ bySettings, rules }: MorphReport): Table {
  const last = rules.length - 1;
  return {
    caption: 'By kind of morph',
    rows: [
      ['morph', 'match both', 'MMPMR', '95%', 'newest alone passes', 'policy passes', '95%'],
      ...bySettings.map(({ settings, mmpmr, passed }) => [
        settingsName(settings),
        ...cells(mmpmr),
        percent(passed[0]?.rate ?? Number.NaN),
        percent(passed[last]?.rate ?? Number.NaN),
        percentRange(passed[last]?.interval ?? [Number.NaN, Number.NaN]),
      ]),
    ],
  };
}

function detectorTable(detectors: readonly DetectorReport[]): Table {
  return {
    caption: 'With the policy alone and with the detector on top of it, on the test half',
    rows: [
      [
        'detector',
        'trained on',
        'tested on',
        'honest to review',
        'with it',
        '95%',
        'morph users passed',
        'with it',
        '95%',
      ],
      ...detectors.map(({ detector, trained, tested, honestReviewed, morphsPassed }) => [
        detector,
        `${count(trained.honest)} + ${count(trained.morphs)}`,
        `${count(tested.honest)} + ${count(tested.morphs)}`,
        percent(honestReviewed[0].rate),
        ...rateCells(honestReviewed[1]),
        percent(morphsPassed[0].rate),
        ...rateCells(morphsPassed[1]),
      ]),
    ],
  };
}
