import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Browser, BrowserContextOptions, Page} from 'playwright-core';
import {build} from 'vite';
import {launchChrome} from '../support/launch_chrome';
import {type StaticServer, serveFolder} from './serve_folder';

/** A page in Chrome, and what went wrong on it. */
export interface OpenPage {
  page: Page;
  /** Errors nobody caught, and what the console was told as an error or a warning. */
  complaints: string[];
}

/** The built page, served from a sub-path to a Chrome; made when the first spec wants it. */
let built: Promise<{browser: Browser; server: StaticServer; folder: string}> | null = null;

afterAll(async () => {
  if (built === null) return;
  const {browser, server, folder} = await built;
  await browser.close();
  server.server.close();
  rmSync(folder, {recursive: true});
});

/**
 * Opens the built page in a profile of its own.
 *
 * @param before Runs in the worker before anything of the page does.
 * @param chrome Another Chrome than that of the specs.
 */
export async function openPage(
  options: BrowserContextOptions = {},
  {before = '', chrome}: {before?: string; chrome?: Browser} = {},
): Promise<OpenPage> {
  built ??= buildPage();
  const {browser, server} = await built;
  const context = await (chrome ?? browser).newContext(options);
  // On a busy machine drawn in software, a run on webgl takes its time.
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  if (before !== '') {
    await page.route(/worker-[^/]*\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({response, body: `${before}\n${await response.text()}`});
    });
  }
  const complaints: string[] = [];
  page.on('pageerror', ({message}) => complaints.push(message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(server.url);
  return {page, complaints};
}

async function buildPage() {
  const folder = mkdtempSync(path.join(tmpdir(), 'demo-'));
  await build({
    configFile: 'examples/browser/vite.config.ts',
    build: {outDir: folder},
    logLevel: 'error',
  });
  const browser = await launchChrome();
  return {browser, server: await serveFolder(folder, '/some/where/'), folder};
}
