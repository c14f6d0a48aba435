import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { keepPicture, launch, noChromium, openContext, watching } from './browser.js';
import { identify, openStage, type Stage, signIn } from './stage.js';

const skip = noChromium;
const watch = watching();
const minute = 60_000;
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

/** Addresses and messages of a context: no token may be among them. */
function listen(context: BrowserContext): string[] {
  const seen: string[] = [];
  context.on('request', (request) => seen.push(request.url()));
  context.on('console', (message) => seen.push(message.text()));
  context.on('page', (page) => page.on('framenavigated', (frame) => seen.push(frame.url())));
  return seen;
}

const kept = (page: Page) =>
  page.evaluate(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
  ) as Promise<string>;
const stored = (page: Page) =>
  page.evaluate(
    'Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker.getRegistrations()])',
  );

/** Whether the browser still holds what the page made a blob of. */
const inMemory = (page: Page, blob: string) =>
  page.evaluate(`new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(true);
    image.onerror = () => resolve(false);
    image.src = ${JSON.stringify(blob)};
  })`) as Promise<boolean>;

test('signing out: gone here, ended at the issuer, and Back shows nothing', { skip }, async () => {
  const context = await openContext(browser, watch, stage.origins);
  const seen = listen(context);
  const tokens: string[] = [];
  context.on('request', (request) => {
    const sent = request.headers()['authorization'];
    if (sent !== undefined) tokens.push(sent.replace('Bearer ', ''));
  });
  const page = await signIn(context, stage, 'an.devos');
  const comparison = stage.answers.find(({ outcome }) => outcome === 'review');
  await page.goto(`${stage.console}#/comparisons/${comparison?.comparisonId}`);
  await page.locator('img').first().waitFor();
  const photo = (await page.locator('img').first().getAttribute('src')) ?? '';
  assert.match(photo, /^blob:/);
  assert.equal(await inMemory(page, photo), true);

  await signOut(page);
  await page.getByRole('button', { name: 'End the session' }).waitFor();
  const asked = new URL(page.url()).searchParams;
  assert.deepEqual(
    [...asked.keys()].sort(),
    ['client_id', 'post_logout_redirect_uri'],
    'no token goes along',
  );
  await page.getByRole('button', { name: 'End the session' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.equal(await page.locator('img').count(), 0);

  for (let step = 0; step < 4; step++) {
    await page.goBack().catch(() => undefined);
    await page.waitForTimeout(200);
    assert.equal(await page.getByText('an.devos').count(), 0, page.url());
    assert.equal(await page.locator('img[src^="blob:"]').count(), 0, page.url());
    if (page.url().startsWith(stage.console)) {
      assert.equal(
        await inMemory(page, photo),
        false,
        'the photo is not in the memory of the browser either',
      );
    }
  }

  await page.goto(stage.console);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Person').waitFor();
  assert.ok(tokens.length > 0);
  const [token = ''] = tokens;
  assert.ok(
    !seen.some((text) => text.includes(token) || /eyJ[\w-]+\.eyJ/.test(text)),
    'no token in an address or message',
  );
  assert.ok(!stage.service.log.join('\n').includes(token));
  await context.close();
});

test('an issuer that has no way to sign out: said, and gone here', { skip }, async () => {
  const context = await openContext(browser, watch, stage.origins);
  await context.route('**/.well-known/openid-configuration', async (route) => {
    const response = await route.fetch();
    const { end_session_endpoint: _none, ...rest } = (await response.json()) as Record<string, unknown>;
    await route.fulfill({ response, json: rest });
  });
  const page = await signIn(context, stage, 'an.devos');
  await page.getByRole('heading', { name: 'Queue' }).waitFor();
  await signOut(page);
  await page.getByText('close the browser').waitFor();
  assert.equal(await page.getByText('an.devos').count(), 0);
  assert.doesNotMatch(await kept(page), /signed-in|verifier/);
  await context.close();
});

test('nobody there: the page locks, shows nothing, holds no token, and opens to the same person signed in anew', {
  skip,
}, async () => {
  const context = await openContext(browser, watch, stage.origins);
  await context.clock.install();
  const page = await signIn(context, stage, 'an.devos');
  await page.goto(`${stage.console}#/inquiries`);
  await page.getByRole('button', { name: 'Open an inquiry' }).click();
  await page.getByLabel('Reference').fill('INQ-LOCKED');
  await page.getByLabel('Purpose').fill('Typed before it locked');

  await context.clock.fastForward(14 * minute);
  await page.keyboard.press('Shift');
  await context.clock.fastForward(14 * minute);
  assert.equal(await page.getByRole('dialog', { name: 'Locked' }).count(), 0, 'a key was touched in between');
  await context.clock.fastForward(2 * minute);
  const dialog = page.getByRole('dialog', { name: 'Locked' });
  await dialog.waitFor();
  await keepPicture(page, 'locked');
  assert.equal(await page.locator('header .person').isVisible(), false);
  assert.equal(await page.getByLabel('Purpose').isVisible(), false);
  assert.doesNotMatch(await kept(page), /signed-in/);

  const sent: string[] = [];
  context.on('request', (request) => {
    if (request.headers()['authorization'] !== undefined) sent.push(request.url());
  });
  await context.clock.fastForward(5 * minute);
  assert.deepEqual(sent, [], 'nothing is asked in the name of who left');

  const popup = context.waitForEvent('page');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  const window = await popup;
  // The issuer still knows the person, and asks all the same.
  await window.getByLabel('Person').waitFor();
  await identify(window, 'an.devos');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('Purpose').inputValue(), 'Typed before it locked');
  await context.close();
});

test('a locked page that another person opens is cleared', { skip }, async () => {
  const context = await openContext(browser, watch, stage.origins);
  await context.clock.install();
  const page = await signIn(context, stage, 'an.devos');
  await page.getByRole('heading', { name: 'Queue' }).waitFor();
  await context.clock.fastForward(16 * minute);
  const dialog = page.getByRole('dialog', { name: 'Locked' });
  await dialog.waitFor();
  const popup = context.waitForEvent('page');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  const window = await popup;
  await identify(window, 'd.dubois');
  await page.getByText('Somebody else signed in.').waitFor();
  assert.equal(await page.getByText('an.devos').count(), 0);
  assert.doesNotMatch(await kept(page), /signed-in/);
  await context.close();
});

test("another browser's sign-in cannot be brought into this one", { skip }, async () => {
  // Somebody signs in as themselves and keeps the address that the issuer sends them back to.
  const theirs = await openContext(browser, watching(), stage.origins);
  let answer = '';
  theirs.on('request', (request) => {
    if (request.url().startsWith(`${stage.console}?`)) answer = request.url();
  });
  const attacker = await theirs.newPage();
  await attacker.goto(stage.console);
  await attacker.getByRole('button', { name: 'Sign in' }).click();
  await attacker.getByLabel('Person').waitFor();
  // Their own console must not use the code up.
  await theirs.route('**/assets/**', (route) => route.abort());
  await identify(attacker, 's.lemaire');
  await attacker.waitForURL((url) => url.href.startsWith(`${stage.console}?`));
  assert.match(answer, /[?&]code=.+&state=/);

  const context = await openContext(browser, watch, stage.origins);
  const page = await context.newPage();
  const exchanged: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/token')) exchanged.push(request.url());
  });
  await page.goto(answer);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.equal(new URL(page.url()).search, '', 'nor does the code stay in the address');

  // Nor while a sign-in of one's own is under way.
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Person').waitFor();
  await page.goto(answer);
  await page.getByText('Signing in did not work').waitFor();
  assert.deepEqual(exchanged, [], 'the code was not even tried');
  // And a code is worth nothing without the verifier, which never left the browser it was made in.
  const code = new URL(answer).searchParams.get('code') ?? '';
  const stolen = await fetch(`${stage.issuer.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      client_id: stage.issuer.clientId,
      redirect_uri: stage.console,
      code_verifier: 'a'.repeat(43),
    }),
  });
  assert.equal(stolen.status, 400);
  await Promise.all([context.close(), theirs.close()]);
});

test("an answer with another sign-in's ID token is refused: the nonce is not this one's", {
  skip,
}, async () => {
  const theirs = await openContext(browser, watching(), stage.origins);
  let answer = '';
  await theirs.route('**/token', async (route) => {
    const response = await route.fetch();
    answer = await response.text();
    await route.fulfill({ response });
  });
  await signIn(theirs, stage, 's.lemaire');
  assert.match(answer, /id_token/);

  const context = await openContext(browser, watch, stage.origins);
  await context.route('**/token', (route) =>
    route.fulfill({
      status: 200,
      headers: { 'content-type': 'application/json', 'access-control-allow-origin': '*' },
      body: answer,
    }),
  );
  const page = await context.newPage();
  await page.goto(stage.console);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await identify(page, 'an.devos');
  await page.getByText('Signing in did not work').waitFor();
  assert.equal(await page.getByText('s.lemaire').count(), 0);
  await Promise.all([context.close(), theirs.close()]);
});

test('the answer in the address and what is kept between are good once', { skip }, async () => {
  const context = await openContext(browser, watch, stage.origins);
  let answer = '';
  context.on('request', (request) => {
    if (request.url().startsWith(`${stage.console}?`)) answer = request.url();
  });
  const page = await signIn(context, stage, 'an.devos');
  await page.getByRole('heading', { name: 'Queue' }).waitFor();
  assert.match(answer, /code=/);
  const again = await context.newPage();
  await again.goto(answer);
  await again.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.deepEqual(
    await stored(page),
    [[], [], []],
    'no database, cache or worker of the browser holds anything',
  );
  await context.close();
});

async function signOut(page: Page): Promise<void> {
  await page.locator('header .preferences button[aria-expanded]').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
}

test('nothing went against the policy of the page', { skip }, () => {
  assert.deepEqual(watch, { foreign: [], violations: [], failures: [] });
});
