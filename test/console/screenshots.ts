import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { packageRoot } from '../../src/packageRoot.js';
import { type ContextOptions, launch, openContext, watching } from './browser.js';
import { askForTrial, openStage, type people, type Stage, seedInquiry, signIn } from './stage.js';

/** Takes the pictures of docs/console.md: `npm run screenshots`. The faces are those of face-api's package. */
const folder = join(packageRoot, 'docs', 'console');

const stage = await openStage();
const browser = await launch();
try {
  const { searchId } = await seedInquiry(stage);
  await mkdir(folder, { recursive: true });
  await takeAll(stage, searchId);
} finally {
  await browser.close();
  await stage.close();
}

async function takeAll({ console }: Stage, searchId: string): Promise<void> {
  const door = await (await openContext(browser, watching(), stage.origins)).newPage();
  await door.goto(console);
  await door.getByRole('button', { name: 'Sign in' }).waitFor();
  await take(door, 'sign-in');

  const analyst = await open('an.devos');
  await analyst.locator('table.list tbody tr').first().waitFor();
  await take(analyst, 'queue');
  await openReview(analyst, 'Matches only one of two');
  await analyst.getByRole('button', { name: /^Take this review/ }).click();
  await analyst.getByRole('radio').first().waitFor();
  await analyst.keyboard.press('d');
  await analyst
    .getByLabel('Why')
    .fill('The ears and the distance between the eyes differ from the older passport');
  await take(analyst, 'review');
  await analyst.locator('.scores').scrollIntoViewIfNeeded();
  await analyst.evaluate('window.scrollTo(0, document.body.scrollHeight)');
  await take(analyst, 'scores');
  await analyst.getByRole('button', { name: 'Give it back' }).click();

  await analyst.goto(`${console}#/comparisons`);
  await analyst.getByLabel('Reason').selectOption('does-not-match');
  await analyst.getByRole('button', { name: 'Search', exact: true }).click();
  await analyst.locator('table.list tbody tr').first().waitFor();
  await take(analyst, 'query');
  await analyst.goto(`${console}#/inquiries`);
  await analyst.locator('table.list a').first().click();
  await analyst.getByRole('button', { name: 'Act within this inquiry' }).click();
  await analyst.locator('.thumbnail img').first().waitFor();
  await take(analyst, 'inquiry');
  await analyst.goto(`${console}#/searches/${searchId}`);
  await analyst.locator('.candidate img').nth(3).waitFor();
  await take(analyst, 'search');

  const dark = await open('bart.claes', {
    theme: 'dark',
    language: 'fr-BE',
    viewport: { width: 1024, height: 768 },
  });
  await openReview(dark, 'Ne ressemble pas');
  await dark.keyboard.press('2');
  await dark.keyboard.press('l');
  await take(dark, 'swipe-dark');

  await askForTrial(stage, 's.lemaire');
  const supervisor = await open('v.wouters');
  await supervisor.goto(`${console}#/oversight`);
  await supervisor.getByRole('button', { name: 'Approve' }).click();
  await supervisor.locator('.banner').waitFor();
  await supervisor.locator('.plot').first().waitFor();
  await take(supervisor, 'oversight');
}

async function open(person: keyof typeof people, options: ContextOptions = {}): Promise<Page> {
  return signIn(await openContext(browser, watching(), stage.origins, options), stage, person);
}

async function openReview(page: Page, reason: string): Promise<void> {
  await page.locator('tr', { hasText: reason }).getByRole('link').first().click();
  await page.locator('.picture img').nth(2).waitFor();
  await page.locator('.score-chart').first().waitFor();
}

/** With a palette: a third of the size, and no difference to see. */
async function take(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(400);
  const picture = await page.screenshot({ animations: 'disabled' });
  const small = await sharp(picture).png({ palette: true, quality: 90, effort: 8 }).toBuffer();
  await writeFile(join(folder, `${name}.png`), small);
}
