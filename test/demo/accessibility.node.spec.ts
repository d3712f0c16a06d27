import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import type {AxeResults} from 'axe-core';
import type {Locator} from 'playwright-core';
import {openPage} from './built_page';
import {choose, drawStroke, ready, setField, trainToEnd} from './page_driver';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('The page', () => {
  it('has nothing that axe-core calls serious, with a run, a change that waits and a message, in light and in dark', async () => {
    const {page} = await openPage();
    await ready(page);
    await choose(page, {limit: '64', epochs: '2', hidden: '16, 16'});
    await trainToEnd(page);
    await page.locator('#test-image').click();
    for (const summary of await page.locator('figure summary').all()) await summary.click();
    await page.evaluate(axe);
    for (const [rate, shows] of [
      ['0.02', '#pending'],
      ['none', '#messages .error'],
    ]) {
      await setField(page, 'rate', rate);
      await page.locator(shows).waitFor();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({colorScheme});
        for (const width of [1280, 390]) {
          await page.setViewportSize({width, height: 800});
          const {violations} = await page.evaluate(() =>
            (globalThis as unknown as {axe: {run(): Promise<AxeResults>}}).axe.run(),
          );
          const serious = violations
            .filter(({impact}) => impact === 'serious' || impact === 'critical')
            .flatMap(({id, nodes}) => nodes.map(({html}) => `${id}, ${colorScheme}: ${html}`));
          expect(serious).toEqual([]);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          expect(overflow).toBe(0);
        }
      }
    }
    await page.context().close();
  });

  it('shows where the focus is, and not behind its toolbar, on a wide screen and on a phone', async () => {
    const {page} = await openPage();
    await ready(page);
    for (const width of [1280, 390]) {
      await page.setViewportSize({width, height: 700});
      await page.locator('#settings-box').evaluate((box) => {
        (box as HTMLDetailsElement).open = true;
      });
      for (const [key, least] of [
        ['Tab', 40],
        ['Shift+Tab', 40],
      ] as const) {
        await page.locator(key === 'Tab' ? '.skip' : '.foot a').focus();
        const hidden: string[] = [];
        let count = 0;
        for (; count < 100; count++) {
          const found = await page.evaluate(focusSeen);
          if (found === null) break;
          if (found !== '') hidden.push(`${key} at ${width}: ${found}`);
          await page.keyboard.press(key);
        }
        expect(hidden).toEqual([]);
        expect(count).toBeGreaterThan(least);
      }
    }
    await page.context().close();
  });

  it('keeps the focus among its controls when the one that has it goes', async () => {
    const {page} = await openPage();
    await ready(page);
    const press = async (control: Locator) => {
      // Drawn in the next frame; what is hidden takes no focus.
      await control.waitFor();
      await control.focus();
      await page.keyboard.press('Enter');
      await control.waitFor({state: 'hidden'});
      return page.evaluate(() => document.activeElement?.id);
    };
    await page.locator('#step').click();
    await page.locator('#clock', {hasText: 'step 1 ·'}).waitFor();
    await setField(page, 'epochs', '3');
    // Start waits for the run that is built.
    expect(await press(page.locator('#apply'))).toBe('reset');
    await ready(page);

    await page.locator('#collect').click();
    expect(await press(page.getByRole('button', {name: 'Close the message'}))).toBe('run');

    const add = async () => {
      await page.locator('#label').selectOption('1');
      await drawStroke(page, [
        [0.5, 0.1],
        [0.5, 0.9],
      ]);
      await page.locator('#collect').click();
    };
    for (const remove of ['#take-back', '#forget']) {
      await add();
      expect(await press(page.locator(remove))).toBe('collect');
    }
    await page.context().close();
  });

  it('says that a change waits where it is made, and moves no field for it', async () => {
    const {page} = await openPage();
    await ready(page);
    await page.locator('#step').click();
    await page.locator('#clock', {hasText: 'step 1 ·'}).waitFor();
    for (const [width, batch] of [
      [1280, '32'],
      [390, '16'],
    ] as const) {
      await page.setViewportSize({width, height: 800});
      await page.locator('#settings-box').evaluate((box) => {
        (box as HTMLDetailsElement).open = true;
      });
      const seed = page.locator('[name="seed"]');
      await seed.evaluate((field) => field.scrollIntoView({block: 'center'}));
      const before = await seed.boundingBox();
      await setField(page, 'batch', batch);
      const notice = page.locator('#pending', {hasText: 'Changes wait for the next reset.'});
      await notice.waitFor();
      expect(await seed.boundingBox()).toEqual(before);
      const isSeen = await page.locator('#apply').evaluate((button) => {
        const {left, top, width, height} = button.getBoundingClientRect();
        return document.elementFromPoint(left + width / 2, top + height / 2) === button;
      });
      expect(isSeen).toBe(true);
      await page.locator('#apply').click();
      await notice.waitFor({state: 'hidden'});
      await ready(page);
      await page.locator('#step').click();
      await page.locator('#clock', {hasText: 'step 1 ·'}).waitFor();
    }
    await page.context().close();
  });

  it('keeps the focus on the message where another takes its place', async () => {
    const {page} = await openPage();
    await ready(page);
    await page.locator('#collect').click();
    const close = page.getByRole('button', {name: 'Close the message'});
    await close.focus();
    await setField(page, 'more', '{');
    await page.locator('#messages .error', {hasText: 'is no JSON'}).waitFor();
    expect(await close.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.context().close();
  });

  it('shades the edge of a table behind which there is more, and no other', async () => {
    const {page} = await openPage();
    await page.setViewportSize({width: 390, height: 800});
    await ready(page);
    await choose(page, {limit: '64', batch: '16', epochs: '1', hidden: '8'});
    await trainToEnd(page);
    const table = page.locator('#layer-table');
    await table.locator('tbody tr').first().waitFor();
    await table.scrollIntoViewIfNeeded();
    /** How much darker the right edge is than 35 pixels from it, of 255. */
    const shade = async () => {
      const {x, y, width, height} = (await table.boundingBox()) as Box;
      // In the padding of the last line.
      const clip = {x: x + width - 36, y: y + height - 5, width: 36, height: 1};
      const png = await page.screenshot({clip});
      return page.evaluate(
        async (data) => {
          const strip = await createImageBitmap(await (await fetch(data)).blob());
          const copy = new OffscreenCanvas(36, 1).getContext(
            '2d',
          ) as OffscreenCanvasRenderingContext2D;
          copy.drawImage(strip, 0, 0);
          const {data: parts} = copy.getImageData(0, 0, 36, 1);
          return parts[0] - parts[4 * 35];
        },
        `data:image/png;base64,${png.toString('base64')}`,
      );
    };
    expect(await shade()).toBeGreaterThan(30);
    await table.evaluate((region) => region.scrollTo(region.scrollWidth, 0));
    expect(await shade()).toBeLessThan(5);
    await page.context().close();
  });

  it('has room for what its selects say by default', async () => {
    const {page} = await openPage();
    await ready(page);
    for (const width of [1280, 1000, 390]) {
      await page.setViewportSize({width, height: 800});
      await page.locator('#settings-box').evaluate((box) => {
        (box as HTMLDetailsElement).open = true;
      });
      for (const select of await page.locator('#settings select').all()) {
        const {needed, has, text} = await select.evaluate((shown) => {
          // As wide as its text, which the page sets for all others.
          const alone = shown.cloneNode() as HTMLSelectElement;
          const text = (shown as HTMLSelectElement).selectedOptions[0].text;
          alone.append(new Option(text));
          alone.style.width = 'auto';
          alone.style.position = 'absolute';
          shown.after(alone);
          const needed = alone.offsetWidth;
          alone.remove();
          return {needed, has: (shown as HTMLElement).offsetWidth, text};
        });
        expect(has).withContext(`${text} at ${width}`).toBeGreaterThanOrEqual(needed);
      }
    }
    await page.context().close();
  });

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

/**
 * What has the focus and does not show it: empty if it does, null if nothing has it. A text, as the page
 * does not have what the compiler adds to functions.
 */
const focusSeen = `(() => {
  const focused = document.activeElement;
  if (focused === null || focused === document.body) return null;
  // A hidden input shows it on its label.
  const shown = focused.classList.contains('visually-hidden') ? focused.labels[0] : focused;
  const {outlineStyle, outlineWidth} = getComputedStyle(shown);
  const {top, left, bottom, width} = shown.getBoundingClientRect();
  const name = (focused.id || focused.name || focused.className || focused.tagName) + ' ';
  if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2) return name + outlineStyle;
  if (bottom <= 0 || top >= innerHeight) return name + 'out of sight';
  const y = Math.max(top, 0) + 2;
  const above = document.elementFromPoint(left + width / 2, y);
  const isCovered = above?.closest('.sticky') !== null && shown.closest('.sticky') === null;
  return isCovered ? name + 'behind the toolbar' : '';
})()`;

type Box = {x: number; y: number; width: number; height: number};
