import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launch, noChromium, openContext, watching } from './browser.js';
import { openStage, type Stage, signIn } from './stage.js';

const skip = noChromium;
let stage: Stage;
let browser: Browser;
let context: BrowserContext;
let evil: Page;
let evilServer: Server;
let evilUrl: string;

/** A page of another site, open in the browser of somebody who is signed in to the console. */
before(async () => {
  if (skip) return;
  [stage, browser] = await Promise.all([openStage(), launch()]);
  evilServer = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<!doctype html><title>Another site</title><h1>Another site</h1>');
  });
  await new Promise<void>((resolve) => evilServer.listen(0, '127.0.0.1', resolve));
  // By name, so that it is another site and not merely another port.
  evilUrl = `http://localhost:${(evilServer.address() as AddressInfo).port}/`;
  context = await openContext(browser, watching(), []);
  await signIn(context, stage, 'an.devos');
  evil = await context.newPage();
  await evil.goto(evilUrl);
});
after(async () => {
  await browser?.close();
  await stage?.close();
  evilServer?.close();
});

const inEvil = <T>(script: string) => evil.evaluate(script) as Promise<T>;
const url = (path: string) => JSON.stringify(stage.service.url + path);

function entries(): number {
  const db = new Database(stage.service.config.store.database, { readonly: true });
  try {
    return db
      .prepare("select count(*) from audit where outcome not in ('invalid-token')")
      .pluck()
      .get() as number;
  } finally {
    db.close();
  }
}

test('there is no cookie to ride on: the browser has none of ours, and sends nothing that signs anybody in', {
  skip,
}, async () => {
  const cookies = (await context.cookies()).filter(
    ({ domain, path }) => domain === '127.0.0.1' && path.startsWith('/console'),
  );
  assert.deepEqual(cookies, []);
  const sent: (string | undefined)[] = [];
  evil.on('request', (request) => sent.push(request.headers()['authorization']));
  const before = entries();
  const status = await inEvil<string>(
    `fetch(${url('/v1/inquiries')}, { method: 'POST', mode: 'no-cors', credentials: 'include',
       headers: { 'content-type': 'text/plain' }, body: '{}' }).then(({ type }) => type, String)`,
  );
  assert.equal(status === 'opaque' || /TypeError/.test(status), true, status);
  evil.removeAllListeners('request');
  assert.ok(sent.length > 0 && sent.every((header) => header === undefined));
  assert.equal(entries(), before, 'nothing was done');
});

test("a form of another site's page does nothing: no token, no deed", { skip }, async () => {
  const before = entries();
  const page = await context.newPage();
  await page.goto(evilUrl);
  const answered = page.waitForResponse((response) => response.url().endsWith('/v1/mode/requests'));
  await page.evaluate(`{
    const form = document.createElement('form');
    form.method = 'POST';
    form.enctype = 'text/plain';
    form.action = ${url('/v1/mode/requests')};
    form.innerHTML = '<input name="{&quot;mode&quot;:&quot;suspended&quot;,&quot;reason&quot;:&quot;" value="&quot;}">';
    document.body.append(form);
    form.submit();
  }`);
  assert.equal((await answered).status(), 401);
  assert.equal(entries(), before);
  await page.close();
});

test('another site reads nothing: no answer to a preflight, no script, no picture, no frame', {
  skip,
}, async () => {
  const token = await stage.issuer.token('an.devos', { role: 'fraud-analyst' });
  // Even with a good token in its hands a page of another site cannot speak to the service from the browser.
  const withToken = await inEvil<string>(
    `fetch(${url('/v1/me')}, { headers: { authorization: 'Bearer ${token}' } }).then(() => 'read', String)`,
  );
  assert.match(withToken, /TypeError/);
  for (const path of ['/openapi.json', '/console/config.json', '/health/ready', '/v1/me']) {
    assert.match(await inEvil<string>(`fetch(${url(path)}).then(() => 'read', String)`), /TypeError/, path);
  }
  const included = (tag: 'script' | 'img', path: string) =>
    inEvil<string>(`new Promise((resolve) => {
      const element = document.createElement('${tag}');
      element.onload = () => resolve('loaded');
      element.onerror = () => resolve('refused');
      element.src = ${url(path)};
      document.head.append(element);
    })`);
  assert.equal(await included('script', '/console/config.json'), 'refused');
  const asset = /assets\/[\w.-]+\.js/.exec(await (await fetch(stage.console)).text())?.[0] ?? '';
  assert.equal(await included('script', `/console/${asset}`), 'refused', 'not even a public file');
  assert.equal(await included('img', '/docs/favicon-32x32.png'), 'refused');
});

test('no page of ours shows in a frame of another', { skip }, async () => {
  for (const path of ['/console/', '/docs', '/problems/forbidden', '/v1/me']) {
    const messages: string[] = [];
    evil.on('console', (message) => messages.push(message.text()));
    await inEvil(`new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.src = ${url(path)};
      frame.onload = resolve;
      document.body.append(frame);
    })`);
    const shown = await Promise.all(
      evil.frames().map((frame) => frame.evaluate('document.documentElement.innerText').catch(() => '')),
    );
    assert.ok(!shown.some((text) => /Sign in|swagger|forbidden|bearer/i.test(String(text))), path);
    assert.match(messages.join('\n'), /frame-ancestors|X-Frame-Options/i, path);
    evil.removeAllListeners('console');
  }
});

test('a window that another site opened is out of its reach, and the console has no opener', {
  skip,
}, async () => {
  const opening = context.waitForEvent('page');
  await inEvil(`globalThis.opened = window.open(${url('/console/')})`);
  const opened = await opening;
  await opened.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.equal(await opened.evaluate('window.opener'), null);
  assert.equal(await inEvil('globalThis.opened.closed'), true, 'to its opener it looks closed');
  await opened.close();
});

test('what is no script is not run as one, whatever it is called', { skip }, async () => {
  const page = await context.newPage();
  await page.goto(stage.console);
  const run = await page.evaluate(`new Promise((resolve) => {
    const element = document.createElement('link');
    element.rel = 'stylesheet';
    element.onload = () => resolve('loaded');
    element.onerror = () => resolve('refused');
    element.href = 'config.json';
    document.head.append(element);
  })`);
  assert.equal(run, 'refused');
  // Trusted types: a script cannot be smuggled in as text, nor one of this page's own evaluated.
  const smuggled = await page.evaluate(`(() => {
    try { document.body.innerHTML = '<img src=x onerror=alert(1)>'; return 'set'; } catch { return 'refused'; }
  })()`);
  assert.equal(smuggled, 'refused');
  await page.close();
});
