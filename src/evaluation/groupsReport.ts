import { acquisitionOf } from './acquisition.js';
import { type Acquired, embeddedOf } from './embedding/embeddings.js';
import type { ChosenThreshold } from './listReport.js';
import type { GroupsReport } from './report/report.js';
import { type AtThreshold, type Clustering, clusteredRates } from './statistics/intervals.js';
import { crossTrials } from './trials/crossTrials.js';

export interface Grouping {
  readonly column: string;
  readonly groupOf: (photo: string) => string | undefined;
  readonly impostors: 'all' | 'same-group';
}

/** Error rates of each group at one threshold for everybody, which is what a service has. */
export function groupsReport(
  acquired: ReadonlyMap<string, Acquired>,
  { column, groupOf, impostors }: Grouping,
  { threshold, from }: ChosenThreshold,
  clustering: Clustering,
): GroupsReport {
  const embedded = embeddedOf(acquired);
  const names = [...new Set([...acquired.keys()].map(groupOf))]
    .filter((name) => name !== undefined)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return {
    column,
    impostors,
    threshold,
    thresholdFrom: from,
    groups: names.map((group) => {
      const { random } = clustering;
      const trials = crossTrials(embedded, { groupOf, impostors, group, random });
      const { atThresholds } = clusteredRates(
        trials,
        { falseMatchRates: [], thresholds: [threshold] },
        clustering,
      );
      const own = acquisitionOf(new Map([...acquired].filter(([photo]) => groupOf(photo) === group)));
      return {
        group,
        photos: own.photos,
        people: own.people,
        failures: own.failures,
        at: atThresholds[0] as AtThreshold,
      };
    }),
  };
}
