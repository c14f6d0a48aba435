import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { accessibilityFaults, keepPicture, launch, noChromium, openContext, watching } from './browser.js';
import { askForTrial, openStage, type people, type Stage, seedInquiry, signIn } from './stage.js';

const skip = noChromium;
const watch = watching();
let stage: Stage;
let browser: Browser;
let searchId = '';

before(async () => {
  if (skip) return;
  [stage, browser] = await Promise.all([openStage(), launch()]);
  searchId = (await seedInquiry(stage)).searchId;
});
after(async () => {
  await browser?.close();
  await stage?.close();
});

interface Stop {
  readonly name: string;
  readonly person: keyof typeof people;
  readonly place: () => string;
  /** Brings the page to what is to be looked at. */
  readonly ready: (page: Page) => Promise<unknown>;
}

const photos = (page: Page) => page.locator('.picture img, .thumbnail img').first().waitFor();
const rows = (page: Page) => page.locator('table.list tbody tr').first().waitFor();

const stops: readonly Stop[] = [
  { name: 'queue', person: 'an.devos', place: () => 'queue', ready: rows },
  {
    name: 'review',
    person: 'an.devos',
    place: () => 'queue',
    async ready(page) {
      await page.locator('table.list a').first().click();
      await photos(page);
      const claim = page.getByRole('button', { name: /^Take this review/ });
      await claim.or(page.getByRole('radio').first()).first().waitFor();
      if (await claim.isVisible()) await claim.click();
      await page.getByRole('radio').first().waitFor();
      await page.locator('.score-chart').first().waitFor();
    },
  },
  {
    name: 'comparison',
    person: 'an.devos',
    place: () => `comparisons/${stage.answers[0]?.comparisonId}`,
    async ready(page) {
      await photos(page);
      await page.locator('.score-chart').first().waitFor();
      await page.getByText('All measures').click();
    },
  },
  {
    name: 'query',
    person: 'an.devos',
    place: () => 'comparisons',
    async ready(page) {
      await page.getByRole('button', { name: 'Search', exact: true }).click();
      await rows(page);
    },
  },
  { name: 'inquiries', person: 'an.devos', place: () => 'inquiries', ready: rows },
  {
    name: 'inquiry',
    person: 'an.devos',
    place: () => 'inquiries',
    async ready(page) {
      await page.locator('table.list a').first().click();
      await page.getByRole('button', { name: 'Ask for a search' }).click();
      await page.getByText('Extend', { exact: true }).first().click();
    },
  },
  { name: 'search', person: 'an.devos', place: () => `searches/${searchId}`, ready: photos },
  {
    name: 'oversight',
    person: 'd.dubois',
    place: () => 'oversight',
    ready: (page) => page.locator('.plot').first().waitFor(),
  },
];

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any page, ${theme}`, { skip }, async () => {
    const viewport = theme === 'light' ? { width: 1280, height: 800 } : { width: 1024, height: 768 };
    const faults: Record<string, string[]> = {};
    const pages = new Map<string, Page>();
    for (const { name, person, place, ready } of stops) {
      const page =
        pages.get(person) ??
        (await signIn(await openContext(browser, watch, stage.origins, { theme, viewport }), stage, person));
      pages.set(person, page);
      await page.goto(`${stage.console}#/${place()}`);
      await ready(page);
      await keepPicture(page, `${name}-${theme}`);
      faults[name] = await accessibilityFaults(page);
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      assert.equal(overflow, false, `${name} is wider than the window`);
    }
    const door = await openContext(browser, watch, stage.origins, { theme, viewport });
    const page = await door.newPage();
    await page.goto(stage.console);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await keepPicture(page, `sign-in-${theme}`);
    faults['sign-in'] = await accessibilityFaults(page);
    assert.deepEqual(
      Object.entries(faults).filter(([, found]) => found.length > 0),
      [],
    );
    for (const context of browser.contexts()) await context.close();
  });
}

test('a trial shows on every page once a second person approved it', { skip }, async () => {
  await askForTrial(stage, 's.lemaire');
  const context = await openContext(browser, watch, stage.origins);
  const page = await signIn(context, stage, 'v.wouters');
  await page.getByRole('link', { name: 'Oversight' }).click();
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.locator('.banner', { hasText: 'On trial' }).waitFor();
  await keepPicture(page, 'trial');
  assert.deepEqual(await accessibilityFaults(page), []);
});

test('no other host was asked for anything, and the content security policy had nothing to stop', {
  skip,
}, () => {
  assert.deepEqual(watch, { foreign: [], violations: [], failures: [] });
});
