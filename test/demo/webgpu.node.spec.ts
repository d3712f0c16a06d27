import {chromeFlags} from '../support/chrome';
import {launchChrome} from '../support/launch_chrome';
import {openPage} from './built_page';
import {choose, exportedRun, ready, setField, trainToEnd} from './page_driver';

const small = {limit: '64', batch: '32', epochs: '2', hidden: '16'};
const refusal = /^The backend webgpu does not work here \(.+\)\. Choose another one/;

/** A browser that has WebGPU, until it is asked for a device. */
const withoutDevice = `
  Object.defineProperty(navigator, 'gpu', {
    value: {
      requestAdapter: async () => ({
        features: new Set(),
        limits: {},
        requestDevice: async () => {
          throw new Error('A valid external Instance reference no longer exists.');
        },
      }),
    },
  });
`;

describe('A backend that the browser has but cannot start', () => {
  it('is said so, and the run of before goes on', async () => {
    const {page} = await openPage({}, {before: withoutDevice});
    await ready(page);
    const offered = await page.locator('[name="backend"] option').allTextContents();
    expect(offered).toContain('webgpu');
    await choose(page, small);
    await trainToEnd(page);
    const before = await exportedRun(page);
    await setField(page, 'backend', 'webgpu');
    await page.locator('#apply').click();
    await page.locator('#messages .error', {hasText: refusal}).waitFor();
    expect(await exportedRun(page)).toEqual(before);
    await page.locator('#step').click();
    await page.locator('#clock', {hasText: 'step 5 · wasm'}).waitFor();
    // Nor does a second try end otherwise.
    await page.locator('#reset').click();
    await page.locator('#messages .error', {hasText: refusal}).waitFor();
    await page.locator('#clock', {hasText: 'step 5 · wasm'}).waitFor();
    await page.context().close();
  });

  it('is webgpu drawn in software, or else trains', async () => {
    const flags = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
    const chrome = await launchChrome([...chromeFlags, ...flags]);
    try {
      const {page} = await openPage({}, {chrome});
      await ready(page);
      const offered = await page.locator('[name="backend"] option').allTextContents();
      expect(offered).toContain('webgpu');
      await choose(page, small);
      await setField(page, 'backend', 'webgpu');
      const error = page.locator('#messages .error');
      await error.or(page.locator('#clock', {hasText: 'webgpu'})).waitFor();
      const isRefused = (await error.count()) > 0;
      if (isRefused) {
        expect(await error.textContent()).toMatch(refusal);
        // Start trains what the form says.
        await setField(page, 'backend', 'wasm');
      }
      await trainToEnd(page);
      const {backend, sides} = await exportedRun(page);
      expect(backend).toBe(isRefused ? 'wasm' : 'webgpu');
      for (const {points} of sides) expect(points[2].loss).toBeLessThan(points[0].loss);
    } finally {
      await chrome.close();
    }
  });
});
