import type { ModelCard } from '../models/card.js';
import type { LockedPackage } from './packages.js';

/** Licences (SPDX) under which code and weights may be part of the product. */
const allowed: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  // libvips, as a library of its own that is loaded at run time and can be replaced.
  'LGPL-3.0-or-later',
  'MIT',
  'Unlicense',
]);

/** Names of licences that authors wrote before, or beside, SPDX. */
const otherNames: Readonly<Record<string, string>> = {
  'Apache 2.0': 'Apache-2.0',
  'Apache License 2.0': 'Apache-2.0',
};

export interface Licensed {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

export interface LicenceReport {
  /** Sorted by licence, then name. */
  readonly packages: readonly Licensed[];
  readonly models: readonly Licensed[];
  /** What may not be part of the product, or says nothing. */
  readonly refused: readonly Licensed[];
}

/** What the product is made of, by licence: packages that are only built or tested with are left out. */
export function licenceReport(packages: readonly LockedPackage[], cards: Iterable<ModelCard>): LicenceReport {
  const used = packages
    .filter(({ development }) => !development)
    .map(({ name, version, licence = 'none declared' }) => ({ name, version, licence: spdx(licence) }));
  const models = [...cards].map(({ id, version, licence }) => ({
    name: id,
    version,
    licence: spdx(licence),
  }));
  const unique = new Map(used.map((one) => [`${one.licence} ${one.name} ${one.version}`, one]));
  return {
    packages: [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
    models,
    refused: [...unique.values(), ...models].filter(({ licence }) => !isAllowed(licence)),
  };
}

/** The SPDX name or expression of what an author wrote. */
export function spdx(licence: string): string {
  const plain = licence.replace(/^\((.*)\)$/, (whole, inner: string) => (/[()]/.test(inner) ? whole : inner));
  return otherNames[plain] ?? plain;
}

/** Whether an SPDX expression can be met with allowed licences: one side of an OR, both of an AND. */
export function isAllowed(expression: string): boolean {
  const tokens = expression.match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;
  const either = (): boolean => {
    let met = both();
    while (tokens[at] === 'OR') {
      at++;
      met = both() || met;
    }
    return met;
  };
  const both = (): boolean => {
    let met = one();
    while (tokens[at] === 'AND') {
      at++;
      met = one() && met;
    }
    return met;
  };
  const one = (): boolean => {
    const token = tokens[at++];
    if (token !== '(') return token !== undefined && allowed.has(token);
    const met = either();
    return tokens[at++] === ')' && met;
  };
  return either() && at === tokens.length;
}

/** `docs/licences.md`. */
export function licencesPage({ packages, models }: LicenceReport): string {
  const kinds = [...new Set(packages.map(({ licence }) => licence))];
  const listed = (of: readonly Licensed[]) => of.map(({ name, version }) => `${name} ${version}`).join(', ');
  const rows = kinds.map((kind) => {
    const those = packages.filter(({ licence }) => licence === kind);
    return `| ${kind} | ${those.length} | ${listed(those)} |`;
  });
  return [
    '# Licences',
    '',
    'Printed by `facematch supply licences` from the lock file and the model cards; a test compares the two, and fails',
    'where a package or a network declares no licence or one that is not on the list in `src/supplyChain/licences.ts`.',
    'The product itself is under Apache-2.0. Listed is what it runs with, and what the console is bundled from; packages',
    'that it is only built and tested with are not part of it.',
    '',
    '## Packages',
    '',
    '| licence | packages | |',
    '| --- | --- | --- |',
    ...rows,
    '',
    'LGPL-3.0-or-later is libvips, which sharp loads as a library of its own.',
    '',
    '## Weights of networks',
    '',
    '| network | licence |',
    '| --- | --- |',
    ...models.map(({ name, version, licence }) => `| ${name} ${version} | ${licence} |`),
    '',
  ].join('\n');
}
