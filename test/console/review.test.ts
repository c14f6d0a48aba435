import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { ComparisonAnswer } from '../../src/comparison/answer.js';
import { keepPicture, launch, noChromium, openContext, watching } from './browser.js';
import { openStage, type people, type Stage, signIn } from './stage.js';

const skip = noChromium;
const watch = watching();
let stage: Stage;
let browser: Browser;

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

/** Opens the review of an application from the queue, as a person finds it there. */
async function openReview(page: Page, reason: string, tab = 'Open'): Promise<void> {
  await page.getByRole('link', { name: 'Queue', exact: true }).click();
  await page.getByRole('button', { name: new RegExp(`^${tab}`) }).click();
  await page.locator('tr', { hasText: reason }).getByRole('link').first().click();
  const figures = page.locator('.side-by-side figure');
  await figures.first().waitFor();
  await page
    .locator('.picture img')
    .nth((await figures.count()) - 1)
    .waitFor();
}

async function giveVerdict(page: Page, verdict: string, why: string): Promise<void> {
  await page.getByRole('button', { name: /^Take this review/ }).click();
  await page.getByRole('radio', { name: new RegExp(`^${verdict}`) }).check();
  await page.getByLabel('Why').fill(why);
  await page.getByRole('button', { name: 'Record the verdict' }).click();
}

test('another person is a matter for two: the second does not see the first, by keyboard alone', {
  skip,
}, async () => {
  const first = await open('an.devos');
  await openReview(first, 'Matches only one of two');
  await first.locator('.score-chart').first().waitFor();
  assert.equal(await first.locator('.picture img').count(), 3, 'the probe and both references');
  await giveVerdict(first, 'Different person', 'Other ears and another chin');
  await first.getByText('Your verdict is recorded: Different person.').waitFor();
  await keepPicture(first, 'review-first-verdict');

  const second = await open('bart.claes');
  await openReview(second, 'Matches only one of two', 'Second verdict');
  assert.equal(await second.getByText('Other ears').count(), 0);
  assert.equal(await second.locator('.history').getByText('Different person').count(), 0);
  assert.equal(await second.locator('.history').getByText('an.devos').count(), 0);
  await second.keyboard.press('c');
  await second.getByRole('radio', { name: /^Different person/ }).waitFor();
  await second.keyboard.press('d');
  assert.equal(await second.getByRole('radio', { name: /^Different person/ }).isChecked(), true);
  await second.keyboard.press('r');
  await second.keyboard.type('The eyes lie closer together, said by the second');
  await keepPicture(second, 'review-by-keyboard');
  await second.keyboard.press('Control+Enter');
  await second.getByText('Verdict: Different person', { exact: true }).waitFor();
  await second.getByText('Other ears').waitFor();
  await keepPicture(second, 'review-done');

  await first
    .getByRole('button', { name: /^Done/ })
    .or(first.getByRole('link', { name: 'Queue' }))
    .first()
    .click();
  await first.getByRole('button', { name: /^Done/ }).click();
  await first.locator('tr', { hasText: 'Matches only one of two' }).getByText('Different person').waitFor();

  const answer = stage.answers.find(({ reasons }) => reasons.some(({ code }) => code === 'matches-only-one'));
  const office = await stage.issuer.token('clerk-9', { role: 'office', office: 'namur' });
  const seen = await fetch(`${stage.service.url}/v1/comparisons/${answer?.comparisonId}`, {
    headers: { authorization: `Bearer ${office}` },
  });
  const { review } = (await seen.json()) as ComparisonAnswer & {
    review?: { status: string; verdict?: string };
  };
  assert.deepEqual([review?.status, review?.verdict], ['done', 'different-person']);
});

test('what two people see differently goes to a supervisor, who settles it', { skip }, async () => {
  const reason = 'Identifiers lead to different people';
  const first = await open('an.devos');
  await openReview(first, reason);
  await giveVerdict(first, 'Different person', 'Not the same mouth');
  await first.getByText('Your verdict is recorded').waitFor();
  const second = await open('bart.claes');
  await openReview(second, reason, 'Second verdict');
  await giveVerdict(second, 'Same person', 'The same moles on the cheek');
  await second.getByText('Your verdict is recorded').waitFor();
  await second.getByText('Waits for the supervisor.').waitFor();

  const supervisor = await open('s.lemaire');
  await openReview(supervisor, reason, 'For the supervisor');
  await supervisor.getByText('Not the same mouth').waitFor();
  await supervisor.getByText('The same moles').waitFor();
  await keepPicture(supervisor, 'review-dispute');
  await giveVerdict(supervisor, 'Same person', 'The moles decide');
  await supervisor.getByText('Verdict: Same person', { exact: true }).waitFor();
});

test('what one person has, nobody else can take', { skip }, async () => {
  const first = await open('an.devos');
  const second = await open('bart.claes');
  await openReview(first, 'Does not match');
  await openReview(second, 'Does not match');
  assert.equal(second.url(), first.url());
  await first.getByRole('button', { name: /^Take this review/ }).click();
  await first.getByRole('radio').first().waitFor();
  await second.getByRole('button', { name: /^Take this review/ }).click();
  await second.getByRole('alert').waitFor();
  await second.getByText('Somebody else has this review.').waitFor();
  assert.equal(await second.getByRole('radio').count(), 0);
  await first.getByRole('button', { name: 'Give it back' }).click();
  await first.getByRole('button', { name: /^Take this review/ }).waitFor();
});

test('the photos: views, zoom for all at once, landmarks, who looks on each of them', { skip }, async () => {
  const page = await open('an.devos');
  await openReview(page, 'Does not match');
  const transforms = () =>
    page
      .locator('.picture-view')
      .evaluateAll((views: { style: { transform: string } }[]) => views.map(({ style }) => style.transform));
  await page.keyboard.press('+');
  const zoomed = await transforms();
  assert.ok(zoomed.length > 1 && zoomed.every((one) => /scale\(1\.25\)/.test(one)), zoomed.join());
  await page.keyboard.press('0');
  await page.keyboard.press('l');
  await page.locator('.picture circle').first().waitFor();
  assert.equal(await page.locator('.picture').first().locator('circle').count(), 68);
  await keepPicture(page, 'review-landmarks');
  await page.keyboard.press('2');
  await page.getByRole('slider', { name: 'Where the photos meet' }).press('ArrowRight');
  await keepPicture(page, 'review-swipe');
  await page.keyboard.press('3');
  const shown = await page.locator('.under-frame strong').textContent();
  await page.keyboard.press('x');
  assert.notEqual(await page.locator('.under-frame strong').textContent(), shown);
  const sources = await page
    .locator('.picture img')
    .evaluateAll((images: { src: string }[]) => images.map(({ src }) => src));
  assert.ok(sources.every((source) => source.startsWith('blob:')));
});

test('the eyes of every photo lie at the same place of its frame', { skip }, async () => {
  const page = await open('an.devos');
  const geometry = page.waitForResponse((response) => response.url().endsWith('/geometry'));
  await openReview(page, 'Does not match');
  const faces = (await (await geometry).json()) as Record<
    string,
    { leftEye: number[]; rightEye: number[] } | null
  >;
  await page.waitForTimeout(200);
  const places = (await page.evaluate(`(() => {
    const faces = ${JSON.stringify(faces)};
    return [...document.querySelectorAll('.side-by-side figure')].map((figure) => {
      const face = faces[figure.className];
      const frame = figure.querySelector('.frame');
      const matrix = new DOMMatrix(getComputedStyle(figure.querySelector('.picture')).transform);
      return [face.leftEye, face.rightEye].map(([x, y]) => {
        const point = matrix.transformPoint({ x, y });
        return [point.x / frame.clientWidth, point.y / frame.clientHeight];
      });
    });
  })()`)) as number[][][];
  assert.ok(places.length >= 2);
  for (const [left, right] of places) {
    assert.ok(Math.abs((left?.[0] ?? 0) - 0.375) < 0.005 && Math.abs((right?.[0] ?? 0) - 0.625) < 0.005);
    assert.ok(Math.abs((left?.[1] ?? 0) - (right?.[1] ?? 1)) < 0.005);
  }
});

test('no other host was asked for anything, and the content security policy had nothing to stop', {
  skip,
}, () => {
  assert.deepEqual(watch, { foreign: [], violations: [], failures: [] });
});
