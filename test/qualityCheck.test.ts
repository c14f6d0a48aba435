import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { QualityReport } from '../src/comparison/qualityCheck.js';
import { componentNames } from '../src/face/quality/components.js';
import { advice, qualityNames } from '../src/messages/quality.js';
import { languages } from '../src/oversight/caller.js';
import { goodPortrait, spoilt } from './face/goodPortrait.js';
import { applicationOf, inventHolder, officeOf, photo } from './support/office.js';
import { background } from './support/samples.js';
import { startTestService, type TestService } from './support/service.js';

describe('texts on what to do', () => {
  test('one for every component in every language, each its own', () => {
    const texts = languages.flatMap((language) => qualityNames.map((name) => advice(language, name)));
    assert.equal(new Set(texts).size, languages.length * (componentNames.length + 1));
    assert.ok(texts.every((words) => words.length > 30 && words.endsWith('.') && words.trim() === words));
  });
});

describe('checking a photo', () => {
  let service: TestService;
  before(async () => {
    service = await startTestService();
  });
  after(() => service.dispose());

  async function check(bytes: Uint8Array, headers: Record<string, string> = {}, scope = 'quality:check') {
    const form = new FormData();
    form.append('photo', new Blob([new Uint8Array(bytes)]), 'photo');
    const authorization = `Bearer ${await service.token([scope])}`;
    const response = await fetch(`${service.url}/v1/quality`, {
      method: 'POST',
      headers: { authorization, ...headers },
      body: form,
    });
    return { status: response.status, body: (await response.json()) as QualityReport & { type?: string } };
  }

  test('a good photo: every component with its value, limit and score, and nothing to do', async () => {
    const before = await service.store.stats();
    const { status, body } = await check(await goodPortrait);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.face, 'found');
    assert.deepEqual(
      body.components.map(({ component }) => component),
      componentNames,
    );
    assert.ok(body.components.every(({ withinLimit, unit }) => withinLimit && unit.length > 0));
    assert.ok(body.unified!.score >= 80 && body.unified!.withinLimit);
    assert.deepEqual(body.advice, []);
    const stats = await service.store.stats();
    assert.deepEqual(stats, { ...before, auditEntries: before.auditEntries + 1 }, 'only the trail grows');
  });

  test('a blurred one: what to do, in the language asked for', async () => {
    const { body } = await check(await spoilt.blurred(), { 'accept-language': 'nl' });
    assert.deepEqual(body.advice, [{ component: 'Sharpness', text: advice('nl', 'Sharpness') }]);
  });

  test('no face is an answer, no image a refusal, and both are in the trail', async () => {
    const before = await service.store.stats();
    const { status, body } = await check(await background());
    assert.equal(status, 200);
    assert.deepEqual([body.face, body.components, body.advice], ['no-face', [], []]);
    assert.ok(body.text!.length > 20);
    const refused = await check(Buffer.from('GIF89a no photo'));
    assert.deepEqual([refused.status, refused.body.type], [415, '/problems/unsupported-image']);
    assert.equal((await service.store.stats()).auditEntries, before.auditEntries + 2);
  });

  test('a form with anything beside the photo, and one without it, are refused', async () => {
    const headers = { authorization: `Bearer ${await service.token(['quality:check'])}` };
    const send = async (...parts: [string, Blob][]) => {
      const form = new FormData();
      for (const [name, blob] of parts) form.append(name, blob, name);
      const response = await fetch(`${service.url}/v1/quality`, { method: 'POST', headers, body: form });
      return ((await response.json()) as { type: string }).type;
    };
    const image = new Blob([new Uint8Array(await goodPortrait)]);
    assert.equal(await send(['application', new Blob(['{}'])]), '/problems/unexpected-part');
    assert.equal(await send(['photo', image], ['photo', image]), '/problems/too-many-parts');
    assert.equal(await send(), '/problems/photo-missing');
  });

  test('another scope does not open it', async () => {
    assert.equal((await check(await goodPortrait, {}, 'comparisons:write')).status, 403);
  });

  test('a comparison tells offices what is wrong, and analysts how much', async () => {
    const holder = inventHolder('Beeld', ['Bea'], [['2015-01-01', photo(await goodPortrait)]]);
    await officeOf(service, await service.token(['documents:write'])).enrol(holder);
    const dark = await spoilt.dark();
    const desk = officeOf(service, await service.token(['comparisons:write']));
    const seen = await desk.compare(applicationOf({ as: holder }, 1), dark);
    assert.equal(seen.status, 201, JSON.stringify(seen.body));
    const wrong = seen.body.quality.map(({ component }) => component);
    assert.ok(wrong.includes('UnderExposurePrevention'), wrong.join());
    assert.ok(seen.body.quality.every(({ text }) => text.length > 30));
    assert.equal(seen.body.evidence, undefined);

    const analyst = officeOf(service, await service.token(['comparisons:read', 'comparisons:evidence']));
    const { components, unified, faces } = (await analyst.read(seen.body.comparisonId)).body.evidence!
      .quality!;
    assert.equal(faces, 1);
    assert.ok(unified!.score! < 90);
    assert.deepEqual(Object.keys(components).sort(), [...componentNames].sort());
    assert.equal(components.UnderExposurePrevention.withinLimit, false);
    assert.ok(components.UnderExposurePrevention.value! > 0.9);
  });

  test('the command prints a table, texts, and JSON when asked', async () => {
    const main = join(dirname(fileURLToPath(import.meta.url)), '../src/cli/main.js');
    const path = join(service.folder, 'small.jpg');
    await writeFile(path, await spoilt.small());
    const env = { ...process.env, FACEMATCH_WORKERS: '1' };
    const run = (...args: string[]) =>
      promisify(execFile)(process.execPath, [main, 'quality', ...args], { env });
    const { stdout } = await run(path, '--language', 'fr');
    assert.match(stdout, /│ × │ InterEyeDistance/);
    assert.match(stdout, /UnifiedQualityScore/);
    assert.ok(stdout.includes(advice('fr', 'InterEyeDistance')));
    const [report] = JSON.parse((await run(path, '--json')).stdout) as [QualityReport & { photo: string }];
    assert.equal(report.photo, path);
    assert.deepEqual(
      report.advice.map(({ component }) => component),
      ['InterEyeDistance'],
    );
  });
});
