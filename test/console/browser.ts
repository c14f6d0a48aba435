import { accessSync, constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** The first Chromium on the PATH. */
export function chromiumPath(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(runs);
}

export const noChromium = chromiumPath() === undefined && 'no Chromium on the PATH';

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath() ?? '',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-dev-shm-usage',
    ],
  });
}

/** What went against the rules in a context: it must stay empty. */
export interface Watch {
  readonly foreign: string[];
  readonly violations: string[];
  readonly failures: string[];
}

export const watching = (): Watch => ({ foreign: [], violations: [], failures: [] });

export interface ContextOptions {
  readonly theme?: 'light' | 'dark';
  readonly language?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A browser of one person; only these origins may be asked for anything. */
export async function openContext(
  browser: Browser,
  watch: Watch,
  origins: readonly string[],
  options: ContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    colorScheme: options.theme ?? 'light',
    locale: options.language ?? 'en-GB',
    viewport: options.viewport ?? { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(15_000);
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'blob:' && url.protocol !== 'data:' && !origins.includes(url.origin)) {
      watch.foreign.push(request.url());
    }
  });
  context.on('console', (message) => {
    const text = message.text();
    if (/content security policy|trusted type/i.test(text)) watch.violations.push(text);
  });
  context.on('weberror', (error) => watch.failures.push(String(error.error())));
  return context;
}

interface AxeFinding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds against WCAG 2.1 A and AA, in words. The page's own policy keeps scripts out, so it is evaluated. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  const { readFile } = await import('node:fs/promises');
  await page.evaluate(await readFile(axe, 'utf8'));
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })
      .then(({ violations }) => violations)`,
  )) as AxeFinding[];
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** Pictures of what was seen, kept for people to look at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['FACEMATCH_ARTEFACTS'] ?? join(tmpdir(), 'facematch-console');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}
