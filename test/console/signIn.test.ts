import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startTestService } from '../support/service.js';
import { keepPicture, launch, noChromium, openContext, watching } from './browser.js';
import { openStage, type Stage, signIn } from './stage.js';

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

test('authorization code with PKCE: the token stays in memory, and a reload signs in again', {
  skip,
}, async () => {
  const context = await openContext(browser, watch, stage.origins);
  const asked: URL[] = [];
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname === '/auth') asked.push(url);
  });
  const page = await signIn(context, stage, 'an.devos');
  await page.getByRole('heading', { name: 'Queue' }).waitFor();
  const parameters = asked[0]?.searchParams;
  assert.equal(parameters?.get('code_challenge_method'), 'S256');
  assert.equal(parameters?.get('response_type'), 'code');
  assert.equal(new URL(page.url()).search, '', 'the code is not left in the address');

  const kept = (await page.evaluate(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
  )) as string;
  assert.doesNotMatch(kept, /eyJ|verifier|code/, 'no token and no verifier outlives the sign-in');

  await page.goto(`${stage.console}#/comparisons`);
  await page.reload();
  // The provider's own session answers at once.
  await page.getByRole('heading', { name: 'Comparisons' }).waitFor();
  await context.close();
});

test('an answer of the issuer that nobody here asked for signs nobody in', { skip }, async () => {
  const context = await openContext(browser, watch, stage.origins);
  const page = await context.newPage();
  await page.goto(`${stage.console}?code=abc&state=forged`);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.equal(new URL(page.url()).search, '');
  await context.close();
});

test('a session that ends keeps what was typed: signing in again sends it', { skip }, async () => {
  const context = await openContext(browser, watch, stage.origins);
  const page = await signIn(context, stage, 'cato.peeters');
  await page.goto(`${stage.console}#/inquiries`);
  await page.getByRole('button', { name: 'Open an inquiry' }).click();
  await page.getByLabel('Reference').fill('INQ-RENEWED');
  await page.getByLabel('Legal ground').fill('Law of 10 February 2015');
  await page.getByLabel('Purpose').fill('Typed before the session ended');
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.waitFor({ timeout: 20_000 });
  await keepPicture(page, 'session-ended');
  const second = context.waitForEvent('page');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  // The provider still knows the person, so the second window asks nothing and closes by itself.
  const popup = await second;
  await dialog.waitFor({ state: 'detached' });
  if (!popup.isClosed()) await popup.waitForEvent('close');
  assert.equal(await page.getByLabel('Purpose').inputValue(), 'Typed before the session ended');
  await page.locator('dialog button[type=submit]').click();
  await page.getByRole('heading', { name: 'INQ-RENEWED' }).waitFor();
  await context.close();
});

test('a person without a right does not see the door, and is told so at the address', { skip }, async () => {
  const context = await openContext(browser, watch, stage.origins);
  const page = await signIn(context, stage, 'd.dubois');
  await page.getByRole('heading', { name: 'Oversight' }).waitFor();
  assert.deepEqual(await page.locator('nav a').allTextContents(), ['Oversight']);
  await keepPicture(page, 'oversight-of-the-officer');
  for (const place of [
    'queue',
    'comparisons',
    'inquiries',
    `comparisons/${stage.answers[0]?.comparisonId}`,
  ]) {
    await page.goto(`${stage.console}#/${place}`);
    await page.getByText('Your role does not open this page.').waitFor();
  }
  await context.close();
  const office = await openContext(browser, watch, stage.origins);
  const desk = await signIn(office, stage, 'clerk-12');
  await desk.getByText('Your role opens none of these pages.').waitFor();
  await office.close();
});

test('four languages: the words of the console, of the service and of the page itself', {
  skip,
}, async () => {
  const context = await openContext(browser, watch, stage.origins, { language: 'nl-BE' });
  const page = await signIn(context, stage, 'an.devos');
  await page.getByRole('heading', { name: 'Wachtrij' }).waitFor();
  const comparison = stage.answers.find(({ reasons }) =>
    reasons.some(({ code }) => code === 'does-not-match'),
  );
  await page.goto(`${stage.console}#/comparisons/${comparison?.comparisonId}`);
  await page.getByText('De foto').first().waitFor();
  for (const [language, name, said] of [
    ['fr', 'Côte à côte', 'La photo ne ressemble pas'],
    ['de', 'Nebeneinander', 'Das Foto'],
    ['en', 'Side by side', 'The photo does not resemble'],
  ] as const) {
    await page.getByRole('combobox').first().selectOption(language);
    await page.getByRole('button', { name }).waitFor();
    await page.locator('.reasons', { hasText: said }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), language);
    await keepPicture(page, `comparison-${language}`);
  }
  await context.close();
});

test('development: anybody is anybody; in production there is no such way in', { skip }, async () => {
  const body = JSON.stringify({ person: 'an.devos', role: 'supervisor' });
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  const refused = await fetch(`${stage.console}development/token`, request);
  assert.equal(refused.status, 404);

  const service = await startTestService();
  try {
    const context = await openContext(browser, watch, [service.url]);
    const page = await context.newPage();
    await page.goto(`${service.url}/console`);
    await page.getByLabel('Person').fill('s.lemaire');
    await page.getByLabel('Role').selectOption('supervisor');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('s.lemaire').waitFor();
    await page.getByRole('link', { name: 'Oversight' }).waitFor();
    await context.close();
    const granted = await fetch(`${service.url}/console/development/token`, request);
    assert.equal(granted.headers.get('cache-control'), 'no-store');
    const made = await fetch(`${service.url}/console/development/token`, {
      ...request,
      body: JSON.stringify({ person: 'an.devos', role: 'emperor' }),
    });
    assert.equal(made.status, 422);
  } finally {
    await service.dispose();
  }
});

test('the pages: a strict policy, the index never kept, hashed files kept, nothing else served', {
  skip,
}, async () => {
  const page = await fetch(stage.console);
  const policy = page.headers.get('content-security-policy') ?? '';
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]) {
    assert.ok(policy.includes(part), policy);
  }
  assert.match(policy, new RegExp(`connect-src 'self' ${stage.issuer.url};`));
  assert.doesNotMatch(policy, /unsafe|\*|https:/);
  assert.equal(page.headers.get('cache-control'), 'no-store');
  const asset = /assets\/[\w.-]+\.js/.exec(await page.text())?.[0] ?? '';
  const script = await fetch(stage.console + asset);
  assert.match(script.headers.get('cache-control') ?? '', /immutable/);
  for (const name of ['assets/..%2Findex.html', 'assets/none.js', 'index.html']) {
    assert.equal((await fetch(stage.console + name)).status, 404, name);
  }
});

test('no other host was asked for anything, and the content security policy had nothing to stop', {
  skip,
}, () => {
  assert.deepEqual(watch, { foreign: [], violations: [], failures: [] });
});
