import { z } from 'zod';
import type { ModelCard } from '../models/card.js';
import { spdx } from './licences.js';
import { npmJson } from './npm.js';
import type { LockedPackage } from './packages.js';

/** The parts of CycloneDX 1.5 that are read or completed here; the rest passes as npm wrote it. */
const componentSchema = z.looseObject({
  'bom-ref': z.string(),
  type: z.string(),
  name: z.string(),
  version: z.string(),
  purl: z.string().optional(),
  licenses: z.array(z.looseObject({})).optional(),
});
const bomSchema = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string(),
  metadata: z.looseObject({ component: componentSchema }),
  components: z.array(componentSchema),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()).optional() })),
});
export type Bom = z.output<typeof bomSchema>;

/**
 * The bill of materials (CycloneDX): npm's own of the lock file, completed with what npm leaves out (packages that the
 * console is bundled from, those of other systems), the networks, their weights' sources and the hashes of the built graphs.
 *
 * @throws FacematchError `internal` where npm cannot be run
 */
export function softwareBill(packages: readonly LockedPackage[], cards: Iterable<ModelCard>): Bom {
  const args = [
    '--sbom-format',
    'cyclonedx',
    '--sbom-type',
    'application',
    '--omit',
    'dev',
    '--package-lock-only',
  ];
  const bom = bomSchema.parse(npmJson('sbom', ...args));
  const licences = new Map(packages.map(({ name, version, licence }) => [`${name}@${version}`, licence]));
  const { component } = bom.metadata;
  const known = new Set(bom.components.map(({ name, version }) => `${name}@${version}`));
  const added = [
    ...packages
      .filter(({ development, name, version }) => !development && !known.has(`${name}@${version}`))
      .map(libraryComponent),
    ...[...cards].map(networkComponent),
  ];
  return {
    ...bom,
    // npm takes the name of the folder that the checkout happens to lie in.
    metadata: { ...bom.metadata, component: { ...component, name: 'passport-facematch' } },
    components: [
      ...bom.components.map((one) => {
        const licence = licences.get(`${one.name}@${one.version}`);
        return licence === undefined || one.licenses?.length ? one : { ...one, licenses: [named(licence)] };
      }),
      ...added,
    ],
    dependencies: [
      ...bom.dependencies.map((entry) =>
        entry.ref === component['bom-ref']
          ? { ...entry, dependsOn: [...(entry.dependsOn ?? []), ...added.map((one) => one['bom-ref'])] }
          : entry,
      ),
      ...added.map((one) => ({ ref: one['bom-ref'], dependsOn: [] })),
    ],
  };
}

const named = (licence: string) => ({ license: { id: spdx(licence) } });

function libraryComponent({ name, version, licence, integrity }: LockedPackage) {
  const digest = integrity?.startsWith('sha512-') ? integrity.slice('sha512-'.length) : undefined;
  return {
    'bom-ref': `${name}@${version}`,
    type: 'library',
    name,
    version,
    scope: 'required',
    purl: `pkg:npm/${name}@${version}`,
    ...(licence === undefined ? {} : { licenses: [named(licence)] }),
    ...(digest === undefined
      ? {}
      : { hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }] }),
  };
}

function networkComponent(card: ModelCard) {
  const { id, version, title, authors, licence, source, graph } = card;
  const from =
    source.kind === 'npm'
      ? [
          { name: 'facematch:weights:package', value: `${source.package}@${source.version}` },
          { name: 'facematch:weights:integrity', value: source.integrity },
        ]
      : [];
  return {
    'bom-ref': `network:${id}@${version}`,
    type: 'machine-learning-model',
    name: id,
    version,
    description: title,
    author: authors.join(', '),
    licenses: [named(licence)],
    hashes: [{ alg: 'SHA-256', content: graph.sha256 }],
    properties: [
      ...from,
      { name: 'facematch:weights:file', value: source.file },
      { name: 'facematch:weights:sha256', value: source.sha256 },
    ],
  };
}
