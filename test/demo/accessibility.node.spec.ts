import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import type {AxeResults} from 'axe-core';
import {openPage} from './built_page';
import {choose, ready, setField, trainToEnd} from './page_driver';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('The page', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has nothing that axe-core calls serious, with a run and a message, in ${colorScheme}`, async () => {
      const {page} = await openPage({colorScheme});
      await ready(page);
      await choose(page, {limit: '64', epochs: '2', hidden: '16, 16'});
      await trainToEnd(page);
      await page.locator('#test-image').click();
      await setField(page, 'influence', '');
      await setField(page, 'rate', '-1');
      await page.locator('#apply').click();
      await page.locator('#messages .error').waitFor();
      for (const summary of await page.locator('figure summary').all()) await summary.click();
      await page.evaluate(axe);
      for (const width of [1280, 390]) {
        await page.setViewportSize({width, height: 800});
        const {violations} = await page.evaluate(() =>
          (globalThis as unknown as {axe: {run(): Promise<AxeResults>}}).axe.run(),
        );
        const serious = violations
          .filter(({impact}) => impact === 'serious' || impact === 'critical')
          .flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html}`));
        expect(serious).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow).toBe(0);
      }
      await page.context().close();
    });
  }

  it('can be worked by keyboard alone', async () => {
    const {page} = await openPage();
    await ready(page);
    await choose(page, {limit: '64', epochs: '2', hidden: '8'});
    const focused = () => page.evaluate(() => document.activeElement?.id ?? '');
    await page.locator('.skip').focus();
    const order: string[] = [];
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    expect(order).toEqual(['run', 'step', 'reset']);
    await page.locator('#run').focus();
    await page.keyboard.press('Enter');
    await page
      .locator('#status', {hasText: 'Paused after 2.0 epochs.'})
      .waitFor({state: 'attached'});
    await page.context().close();
  });
});
