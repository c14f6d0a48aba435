import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fuzzApi } from './api/campaign.js';
import { unansweredWell } from './api/report.js';
import { Findings } from './findings.js';
import { fuzzPhotos } from './photo/campaign.js';
import { fuzzRawHttp } from './raw/campaign.js';
import { findingsTable } from './report.js';

/** The same tries each time; `npm run test:fuzz` goes on for longer, from another seed. */
const seed = 20_261_122;

async function inFolder(fuzz: (findings: Findings) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'facematch-findings-'));
  const findings = new Findings(folder);
  await fuzz(findings);
  // What shows a fault stays where the message says.
  assert.equal(findings.all.length, 0, findingsTable(findings));
  await rm(folder, { recursive: true });
}

test('spoilt photos crash nothing, and are read or refused as documented', () =>
  inFolder(async (findings) => {
    const { cases, behaviours, outcomes, answers, replaced } = await fuzzPhotos(
      seed,
      { cases: 720 },
      findings,
    );
    assert.ok(cases >= 720 && behaviours > 100, `${cases} photos, ${behaviours} behaviours`);
    for (const outcome of ['embedded', 'no-face', 'image-corrupt', 'unsupported-image', 'image-dimensions'])
      assert.ok(outcomes.of(outcome) > 0, `no photo came out as ${outcome}`);
    assert.ok(answers.entries.some(([answer]) => answer.startsWith('comparisons.create: 201')));
    assert.equal(replaced, 0);
  }));

test('every operation answers right and wrong requests as its description says', () =>
  inFolder(async (findings) => {
    const { requests, operations, answers } = await fuzzApi(seed, { cases: 2500 }, findings);
    assert.ok(requests >= 2500);
    // Few enough to be chance.
    assert.ok(unansweredWell(operations).length <= 6, unansweredWell(operations).join(', '));
    for (const answer of [
      '422 validation',
      '400 malformed-json',
      '400 malformed-multipart',
      '401 invalid-token',
      '403 forbidden',
    ])
      assert.ok(answers.of(answer) > 0, `no answer was ${answer}`);
  }));

test('broken HTTP is refused, and no request hidden in another is answered', () =>
  inFolder(async (findings) => {
    const { exchanges, statuses } = await fuzzRawHttp(seed, { cases: 400 }, findings);
    assert.ok(exchanges >= 400);
    assert.ok(statuses.of('400') > 100 && statuses.of('200') > 10);
  }));
