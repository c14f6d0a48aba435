import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { secondIdentity } from '../../src/cli/demo/scenario.js';
import { keepPicture, launch, noChromium, openContext, watching } from './browser.js';
import { openStage, type people, type Stage, signIn } from './stage.js';

const skip = noChromium;
const watch = watching();
let stage: Stage;
let browser: Browser;
let inquiry = '';
let search = '';

before(async () => {
  if (skip) return;
  [stage, browser] = await Promise.all([openStage(), launch()]);
});
after(async () => {
  await browser?.close();
  await stage?.close();
});

const open = async (person: keyof typeof people): Promise<Page> =>
  signIn(await openContext(browser, watch, stage.origins), stage, person);

test('an analyst opens an inquiry, puts a comparison in it and asks for a search', { skip }, async () => {
  const page = await open('an.devos');
  await page.getByRole('link', { name: 'Inquiries' }).click();
  await page.getByRole('button', { name: 'Open an inquiry' }).click();
  await page.getByLabel('Reference').fill('BR-2026-0141');
  await page.getByLabel('Legal ground').fill('Law of 10 February 2015 on passport data');
  await page.getByLabel('Purpose').fill('Whether one person holds passports under two names');
  await page.getByLabel('Members').fill('bart.claes\nm.maes');
  await page.locator('dialog button[type=submit]').click();
  await page.getByRole('heading', { name: 'BR-2026-0141' }).waitFor();
  inquiry = page.url();

  await page.goto(`${stage.console}#/comparisons/${stage.of(secondIdentity).comparisonId}`);
  await page.getByRole('button', { name: 'Add to an inquiry' }).click();
  await page.locator('dialog textarea').fill('A clerk recognised the face');
  await page.locator('dialog button[type=submit]').click();
  await page.getByText('Added to BR-2026-0141.').waitFor();

  await page.goto(inquiry);
  await page.getByText('A clerk recognised the face').first().waitFor();
  await page.getByRole('button', { name: 'Act within this inquiry' }).click();
  await page.getByText('Within inquiry BR-2026-0141').waitFor();
  await page.getByRole('button', { name: 'Ask for a search' }).click();
  await page.locator('.ask textarea').fill('The same face is said to hold another passport');
  await keepPicture(page, 'inquiry');
  await page.locator('.ask button[type=submit]').click();
  await page.getByText('Waits for approval').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Approve' }).count(), 0, 'not by who asked');
  search = page.url();
});

test('a supervisor approves it, and the same face shows under its other name', { skip }, async () => {
  const page = await open('s.lemaire');
  await page.goto(search);
  await page.getByLabel('Reason').fill('Necessary: no other means');
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('heading', { name: 'Candidate 1' }).waitFor({ timeout: 45_000 });
  await page.getByText('Anna Maria Peeters').first().waitFor();
  assert.equal(await page.locator('.candidate img').count(), 0, 'a supervisor reads no record');
});

test('two people verify a candidate, the second without seeing the first', { skip }, async () => {
  const verify = async (person: 'an.devos' | 'm.maes') => {
    const page = await open(person);
    await page.goto(search);
    const candidate = page.locator('.candidate').first();
    await candidate.locator('img').nth(1).waitFor();
    assert.equal(await candidate.locator('.verification li').count(), 0, 'nothing of the other');
    await candidate.getByRole('button', { name: 'Enlarge both photos' }).click();
    await page.locator('.large-photos img').nth(1).waitFor();
    await keepPicture(page, 'search-enlarged');
    await page.getByRole('button', { name: 'Close' }).click();
    await candidate.getByText('Is it the same person?').first().click();
    await candidate.getByLabel('Same person').check();
    await candidate.getByLabel('Reason').fill('The same scar above the eye');
    await candidate.getByRole('button', { name: 'Record the verdict' }).click();
    await candidate.getByText('you:').waitFor();
    return page;
  };
  await verify('an.devos');
  // An investigator reads only within the inquiry, which opening its search is.
  const second = await verify('m.maes');
  await second.getByText('Within inquiry BR-2026-0141').waitFor();
  assert.equal(await second.locator('.candidate').first().locator('.verification li').count(), 2);
  await keepPicture(second, 'search');
});

test('outside of an inquiry an investigator is refused', { skip }, async () => {
  const page = await open('m.maes');
  await page.goto(`${stage.console}#/comparisons/${stage.of(secondIdentity).comparisonId}`);
  await page.getByRole('alert').waitFor();
  assert.equal(await page.locator('.picture img').count(), 0);
});

test('a sweep finds the pair of identities; closing the inquiry ends what can be done in it', {
  skip,
}, async () => {
  const analyst = await open('an.devos');
  await analyst.goto(inquiry);
  await analyst.getByRole('button', { name: 'Ask for a sweep' }).click();
  await analyst.locator('.ask input').fill('Law of 10 February 2015, article 5');
  await analyst.locator('.ask textarea').fill('Whether there are more');
  await analyst.locator('.ask button[type=submit]').click();
  await analyst.getByText('Waits for approval').waitFor();
  const supervisor = await open('s.lemaire');
  await supervisor.goto(analyst.url());
  await supervisor.getByLabel('Reason').fill('In proportion');
  await supervisor.getByRole('button', { name: 'Approve' }).click();
  await supervisor.getByRole('heading', { name: 'Pair 1', exact: true }).waitFor({ timeout: 45_000 });
  await supervisor.getByText('Karin De Smet').first().waitFor();
  await analyst.reload();
  await analyst.locator('.candidate img').first().waitFor();
  await keepPicture(analyst, 'sweep');

  await supervisor.goto(inquiry);
  await supervisor.getByText('Close the inquiry').first().click();
  const form = supervisor.locator('details[open] form');
  await form.getByLabel('Outcome').fill('One person, two names');
  await form.getByLabel('Reason').fill('Handed to the prosecutor');
  await form.getByRole('button').click();
  await supervisor.getByText('closed').first().waitFor();
  await keepPicture(supervisor, 'inquiry-closed');
});

test('no other host was asked for anything, and the content security policy had nothing to stop', {
  skip,
}, () => {
  assert.deepEqual(watch, { foreign: [], violations: [], failures: [] });
});
