/**
 * Measures the built page in a headless Chrome: `npm run demo:measure`.
 *
 * Page weight is that of scripts, styles and HTML by gzip, without data and wasm binaries.
 */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import type {Page} from 'playwright-core';
import {preview} from 'vite';
import {trainToEnd} from '../../test/demo/page_driver';
import {launchChrome} from '../../test/support/launch_chrome';

const FOLDER = 'out/demo';

async function main(): Promise<void> {
  const weight = readdirSync(FOLDER, {recursive: true, encoding: 'utf8'})
    .filter((name) => /\.(html|js|css|svg)$/.test(name))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(FOLDER, name))).length, 0);
  console.log(`page weight, gzip: ${(weight / 2 ** 20).toFixed(2)} MB`);

  const server = await preview({
    configFile: 'examples/browser/vite.config.ts',
    preview: {port: 0},
    logLevel: 'error',
  });
  const browser = await launchChrome();
  try {
    const page = await browser.newPage();
    await page.addInitScript({content: watch});
    await page.goto(server.resolvedUrls?.local[0] as string);
    await page.locator('#run:enabled').waitFor();
    await page.locator('#step').click();
    await page.locator('#clock', {hasText: 'step 1 ·'}).waitFor();
    const loaded = await page.evaluate(() => performance.now());
    console.log(`from navigation to the first training step: ${(loaded / 1000).toFixed(2)} s`);
    await measureTraining(page);
  } finally {
    await browser.close();
    await server.close();
  }
}

async function measureTraining(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.assign(globalThis, {longTasks: [], frames: 0});
  });
  await trainToEnd(page);
  const {longTasks, frames} = await page.evaluate(() => {
    const {longTasks, frames} = globalThis as unknown as Watched;
    return {longTasks, frames};
  });
  const longest = Math.round(Math.max(0, ...longTasks));
  console.log(
    `tasks over 50 ms on the main thread while training on wasm: ${longTasks.length} in ${frames} frames ` +
      `(${((100 * longTasks.length) / frames).toFixed(2)} %), the longest ${longest} ms`,
  );
}

interface Watched {
  /** Milliseconds of each. */
  longTasks: number[];
  frames: number;
}

/** Counts frames and long tasks. A text, as the page does not have what the compiler adds to functions. */
const watch = `
  globalThis.longTasks = [];
  globalThis.frames = 0;
  new PerformanceObserver((list) => {
    longTasks.push(...list.getEntries().map(({duration}) => duration));
  }).observe({entryTypes: ['longtask']});
  requestAnimationFrame(function count() {
    frames++;
    requestAnimationFrame(count);
  });
`;

await main();
