import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { loadCards } from '../../src/models/card.js';
import { packageRoot } from '../../src/packageRoot.js';
import { readAudit } from '../../src/supplyChain/audit.js';
import { isAllowed, licenceReport, licencesPage } from '../../src/supplyChain/licences.js';
import { type LockedPackage, lockedPackages } from '../../src/supplyChain/packages.js';
import { softwareBill } from '../../src/supplyChain/sbom.js';

const cards = [...loadCards(join(packageRoot, 'models')).values()];
const packages = lockedPackages();
const text = (name: string) => readFileSync(join(packageRoot, name), 'utf8');

test('every package with an install script is decided on, and none but these run', () => {
  const { allowScripts } = JSON.parse(text('package.json')) as { allowScripts: Record<string, boolean> };
  const withScript = packages.filter(({ installScript }) => installScript).map(({ name }) => name);
  assert.deepEqual([...new Set(withScript)].sort(), Object.keys(allowScripts).sort());
  const run = Object.keys(allowScripts).filter((name) => allowScripts[name]);
  assert.deepEqual(run.sort(), ['@tensorflow/tfjs-node', 'better-sqlite3']);
  assert.match(text('.npmrc'), /^strict-allow-scripts=true$/m);
});

test('direct dependencies are pinned to one version, and every package to one content', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(text('package.json'));
  for (const [name, version] of Object.entries({
    ...dependencies,
    ...devDependencies,
    ...optionalDependencies,
  }))
    assert.match(String(version), /^\d+\.\d+\.\d+$/, name);
  // What comes inside another package's tarball is covered by that one's.
  for (const { name, integrity, folder } of packages)
    assert.ok(integrity?.startsWith('sha512-') || /node_modules\/.*node_modules\//.test(folder), name);
});

test('everything the console is bundled from counts as part of the product', () => {
  const folder = join(packageRoot, 'src/console');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !file.startsWith('vite.config'),
  );
  const used = new Set(packages.filter(({ development }) => !development).map(({ name }) => name));
  let imports = 0;
  for (const file of files)
    for (const [, name = ''] of readFileSync(join(folder, file), 'utf8').matchAll(
      /from '((?:@[^/']+\/)?[^./'][^/']*)/g,
    )) {
      imports++;
      assert.ok(used.has(name), `${file} imports ${name}`);
    }
  assert.ok(imports > 10);
});

test('docs/licences.md is what the lock file and the cards say, and nothing is refused', () => {
  const report = licenceReport(packages, cards);
  assert.deepEqual(report.refused, []);
  assert.ok(report.packages.length > 200);
  assert.equal(text('docs/licences.md'), licencesPage(report));
});

test('a licence that is unknown, missing or not allowed is refused', () => {
  const one = packages.find(({ name }) => name === 'express') as LockedPackage;
  const refused = (licence: string | undefined) =>
    licenceReport([{ ...one, licence }], []).refused.length === 1;
  for (const licence of [undefined, '', 'GPL-3.0-only', 'UNLICENSED', 'SEE LICENSE IN LICENSE', 'Whatever'])
    assert.ok(refused(licence), String(licence));
  assert.ok(!refused('MIT'));
  assert.ok(!refused('Apache 2.0'));
  const card = { ...cards[0]!, licence: 'research only' };
  assert.equal(licenceReport([], [card]).refused.length, 1);
});

test('an expression needs one side of an OR and both of an AND', () => {
  for (const met of [
    'MIT',
    '(MIT OR GPL-2.0)',
    'GPL-2.0 OR ISC',
    'MIT AND ISC',
    '(MIT AND (GPL-2.0 OR ISC))',
  ])
    assert.ok(isAllowed(met), met);
  for (const unmet of [
    'MIT AND GPL-2.0',
    'GPL-2.0 OR AGPL-3.0',
    '(MIT',
    'MIT)',
    'MIT ISC',
    'MIT OR',
    '',
    'MIT WITH x',
  ])
    assert.ok(!isAllowed(unmet), unmet);
});

test('the bill of materials holds every package and network, once, each with a hash', () => {
  const bom = softwareBill(packages, cards);
  assert.equal(bom.bomFormat, 'CycloneDX');
  assert.match(bom.specVersion, /^1\.[5-9]$/);
  assert.equal(bom.metadata.component.name, 'passport-facematch');
  const refs = bom.components.map((one) => one['bom-ref']);
  assert.equal(new Set(refs).size, refs.length);
  const known = new Set([...refs, bom.metadata.component['bom-ref']]);
  for (const { ref, dependsOn = [] } of bom.dependencies)
    for (const needed of [ref, ...dependsOn]) assert.ok(known.has(needed), needed);
  const listed = new Set(bom.components.map(({ name, version }) => `${name}@${version}`));
  for (const { name, version, development } of packages)
    if (!development) assert.ok(listed.has(`${name}@${version}`), name);
  for (const one of bom.components) assert.ok(one.licenses?.length, `${one.name} has a licence`);
  for (const { id, version } of cards) {
    const network = bom.components.find((one) => one['bom-ref'] === `network:${id}@${version}`);
    assert.equal(network?.type, 'machine-learning-model');
    const built = createHash('sha256').update(readFileSync(join(packageRoot, 'models/build', `${id}.onnx`)));
    assert.deepEqual(network?.['hashes'], [{ alg: 'SHA-256', content: built.digest('hex') }]);
  }
});

test('an audit tells findings from a registry that does not answer', () => {
  const found = readAudit({
    auditReportVersion: 2,
    vulnerabilities: { sharp: { severity: 'high', range: '<0.32.6', name: 'sharp' } },
  });
  assert.deepEqual(found, {
    kind: 'findings',
    findings: [{ package: 'sharp', severity: 'high', range: '<0.32.6' }],
  });
  assert.deepEqual(readAudit({ auditReportVersion: 2, vulnerabilities: {} }), {
    kind: 'findings',
    findings: [],
  });
  assert.deepEqual(readAudit({ message: '405 Method Not Allowed' }), {
    kind: 'not-answered',
    why: '405 Method Not Allowed',
  });
});
