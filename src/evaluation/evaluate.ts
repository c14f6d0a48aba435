import { type Calibration, thresholdAt } from '../comparison/calibration.js';
import type { Policy } from '../comparison/policy.js';
import type { FaceReader } from '../face/types.js';
import { acquisitionOf } from './acquisition.js';
import type { ScoredPair } from './data/scoredPairs.js';
import { type Acquired, type EmbedOptions, embeddedOf } from './embedding/embeddings.js';
import type { Embedded } from './embedding/variants.js';
import { groupsReport } from './groupsReport.js';
import { listReport } from './listReport.js';
import { morphEvidence } from './morph/morphEvidence.js';
import { passRules } from './policy/passRules.js';
import { policyTradeOff } from './policy/policyTradeOff.js';
import type { Report, VersusReport } from './report/report.js';
import type { Clustering } from './statistics/intervals.js';
import { pairedDifferences } from './statistics/paired.js';
import { supportedRates } from './statistics/rates.js';
import { trialReport } from './trialReport.js';
import { crossTrials } from './trials/crossTrials.js';
import { type FusionRule, fusedTrials, fusionRules, referenceTrials } from './trials/referenceTrials.js';

/** What to find out; each part that is asked for becomes a part of the report. */
export interface Plan {
  readonly images: string;
  /** The pair list with its scores, and where its threshold comes from. */
  readonly list?:
    | { readonly pairs: readonly ScoredPair[]; readonly training: readonly ScoredPair[] }
    | undefined;
  readonly cross: boolean;
  readonly references: boolean;
  readonly groups?:
    | {
        readonly column: string;
        readonly groupOf: (photo: string) => string | undefined;
        readonly impostors: 'all' | 'same-group';
      }
    | undefined;
  readonly policy: boolean;
  /** Number of attacks, and the seed they are drawn with: the same attacks whatever else is evaluated. */
  readonly morphs: { readonly most: number; readonly seed: number };
  readonly versus?: { readonly variant: string; readonly embedded: Embedded } | undefined;
}

export interface EvaluationParts {
  readonly faces: FaceReader;
  readonly acquired: ReadonlyMap<string, Acquired>;
  readonly calibration: Calibration | undefined;
  readonly policy: Policy | undefined;
  readonly clustering: Clustering;
  readonly embedding: EmbedOptions;
}

/** The threshold of single comparisons that lists and groups are reported at. */
const reportedRate = 1e-3;

export async function evaluate(plan: Plan, parts: EvaluationParts): Promise<Omit<Report, 'about'>> {
  const { acquired, calibration, clustering } = parts;
  const embedded = embeddedOf(acquired);
  const { random } = clustering;
  const { groups } = plan;
  const cross =
    plan.cross || groups !== undefined
      ? crossTrials(embedded, { random, groupOf: groups?.groupOf, impostors: groups?.impostors })
      : undefined;
  const trials = plan.references || plan.policy ? referenceTrials(embedded) : undefined;
  const single = calibration?.file.single;
  const calibrated =
    single === undefined
      ? undefined
      : { threshold: thresholdAt(single, reportedRate), from: `calibration at FMR ${reportedRate}` };
  const ownThreshold = cross && {
    threshold: cross.nonMated.histogram.thresholdFor(reportedRate),
    from: `these comparisons at FMR ${reportedRate}`,
  };
  return {
    acquisition: acquisitionOf(acquired),
    list: plan.list && listReport(plan.list, calibrated, clustering, single),
    cross: plan.cross && cross ? trialReport(cross, clustering, single) : undefined,
    references:
      plan.references && trials
        ? (Object.keys(fusionRules) as FusionRule[]).map((rule) => ({
            rule,
            report: trialReport(
              fusedTrials(trials, fusionRules[rule]),
              clustering,
              rule === 'normalised-sum' ? calibration?.file.fused : undefined,
            ),
          }))
        : undefined,
    groups:
      groups && ownThreshold
        ? groupsReport(acquired, groups, calibrated ?? ownThreshold, clustering)
        : undefined,
    ...(await policyEvidence(plan, parts)),
    versus: plan.versus && versus(embedded, plan.versus, clustering),
  };

  async function policyEvidence(
    { policy: wanted, morphs, images }: Plan,
    { policy, faces, embedding }: EvaluationParts,
  ): Promise<Pick<Report, 'policy' | 'morphs'>> {
    if (!wanted || trials === undefined || calibration === undefined || policy === undefined) return {};
    const rules = passRules(calibration, policy);
    const tradeOff = policyTradeOff(trials, rules, clustering);
    if (morphs.most === 0) return { policy: tradeOff };
    const evidence = { faces, images, acquired, trials, rules, policy, calibration, clustering, embedding };
    return { policy: tradeOff, morphs: await morphEvidence(evidence, morphs) };
  }
}

function versus(
  embedded: Embedded,
  { variant, embedded: other }: NonNullable<Plan['versus']>,
  { replicates, random }: Clustering,
): VersusReport {
  const shared = new Map([...embedded].filter(([photo]) => other.has(photo)));
  const [base, changed] = [crossTrials(shared, { random }), crossTrials(other, { random })];
  const rates = supportedRates(base.nonMated.histogram.count);
  return { variant, differences: pairedDifferences(base, changed, rates, { replicates, random }) };
}
