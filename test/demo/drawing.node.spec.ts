import type {Page} from 'playwright-core';
import {loadDigits} from '../../examples/data/digits';
import {openPage} from './built_page';
import {choose, drawStroke, exportedRun, ready, trainToEnd} from './page_driver';

const one: Array<[number, number]> = [
  [0.5, 0.1],
  [0.5, 0.9],
];
const zero = [...Array(13).keys()].map((i): [number, number] => {
  const angle = (i * Math.PI) / 6;
  return [0.5 + 0.22 * Math.sin(angle), 0.5 - 0.38 * Math.cos(angle)];
});

describe('A digit drawn on the page', () => {
  it('is named by both networks', async () => {
    const {page, complaints} = await openPage();
    await ready(page);
    await choose(page, {epochs: '4', hidden: '64'});
    await trainToEnd(page);
    const spoken = page.locator('#spoken');
    const {sides} = await exportedRun(page);
    for (const {points} of sides) expect(points[points.length - 1].accuracy).toBeGreaterThan(0.9);

    await drawStroke(page, zero);
    await spoken.filter({hasText: 'DTP says 0, Adam says 0.'}).waitFor();
    const shares = await page.locator('.verdict .share').allTextContents();
    for (const side of [shares.slice(0, 10), shares.slice(10)]) {
      const total = side.reduce((sum, share) => sum + Number.parseFloat(share), 0);
      expect(total).toBeCloseTo(100, 0);
    }
    await page.locator('#clear').click();
    await spoken.filter({hasText: /^$/}).waitFor({state: 'attached'});

    const {test, features} = loadDigits();
    for (const i of [0, 1]) {
      await page.locator('#test-image').click();
      await page.locator('#seen-hint', {hasText: `A test image of a ${test.labels[i]}`}).waitFor();
      const pixels = test.pixels.subarray(i * features, (i + 1) * features);
      expect(await seenPixels(page)).toEqual(
        Array.from(pixels, (value) => Math.round(255 * value)),
      );
    }
    await spoken.filter({hasText: 'says'}).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('can be drawn by keyboard', async () => {
    const {page} = await openPage();
    await ready(page);
    await page.locator('#pad').focus();
    await page.keyboard.press('Space');
    for (let i = 0; i < 14; i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await page.locator('#spoken', {hasText: 'DTP says'}).waitFor();
    // The line fills the middle of the frame from top to bottom.
    const seen = await seenPixels(page);
    for (let row = 0; row < 8; row++) expect(seen[8 * row + 3]).toBeGreaterThan(60);
    await page.context().close();
  });

  it('stays on the pad when light becomes dark', async () => {
    const {page} = await openPage({colorScheme: 'light'});
    await ready(page);
    await drawStroke(page, one);
    await page.locator('#spoken', {hasText: 'DTP says'}).waitFor();
    const [light, ink] = [await inkOf(page), await colourOf(page)];
    expect(light.colour).toBe(ink);
    // The page has listened for longer, and is told first.
    const told = await page.evaluateHandle(() => {
      const dark = matchMedia('(prefers-color-scheme: dark)');
      return {change: new Promise((resolve) => dark.addEventListener('change', resolve))};
    });
    await page.emulateMedia({colorScheme: 'dark'});
    await told.evaluate(async ({change}) => void (await change));
    const dark = await inkOf(page);
    expect(dark.colour).toBe(await colourOf(page));
    expect(dark.colour).not.toBe(light.colour);
    expect(dark.count).toBe(light.count);
    await page.context().close();
  });

  it('leaves the pad when it is collected, however quickly', async () => {
    const {page} = await openPage();
    await ready(page);
    await page.locator('#label').selectOption('0');
    // Within a frame, and by keys, which paint at once.
    await page.locator('#pad').evaluate((pad) => {
      for (const key of [' ', 'ArrowDown']) pad.dispatchEvent(new KeyboardEvent('keydown', {key}));
      document.getElementById('collect')?.click();
    });
    await page.locator('#collected', {hasText: 'Collected: 1 × 0.'}).waitFor();
    expect((await inkOf(page)).count).toBe(0);
    await page.context().close();
  });

  it('becomes data to train on', async () => {
    const {page, complaints} = await openPage();
    await ready(page);
    // Every point costs a frame.
    const ring = zero.filter((_, i) => i % 3 === 0);
    for (const [label, stroke] of [ring, one, ring, one].entries()) {
      await drawStroke(page, stroke);
      await page.locator('#label').selectOption(String(label % 2));
      await page.locator('#collect').click();
    }
    await page.locator('#collected', {hasText: 'Collected: 2 × 0, 2 × 1.'}).waitFor();
    expect(await page.locator('#label').inputValue()).toBe('');
    await drawStroke(page, one);
    await page.locator('#label').selectOption('9');
    await page.locator('#collect').click();
    await page.locator('#collected', {hasText: '1 × 9'}).waitFor();
    await page.locator('#take-back').click();
    await page.locator('#collected', {hasText: 'Collected: 2 × 0, 2 × 1.'}).waitFor();
    await choose(page, {source: 'drawings', hidden: '16', epochs: '20'});
    await trainToEnd(page);
    const {data, sides} = await exportedRun(page);
    expect(data.train).toBe(4);
    for (const {points} of sides) expect(points[20].accuracy).toBe(1);
    // Images of two digits are not blown up.
    await page.locator('#pictures canvas').nth(2).waitFor();
    for (const canvas of await page.locator('#pictures canvas').all()) {
      expect((await canvas.boundingBox())?.height).toBeLessThan(100);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

/** What the networks see, as the page shows it: 64 pixels from 0 to 255. */
function seenPixels(page: Page): Promise<number[]> {
  return page.locator('#seen').evaluate((canvas) => {
    // From a copy, as Chrome warns of reading twice what is on the page.
    const copy = new OffscreenCanvas(8, 8).getContext('2d') as OffscreenCanvasRenderingContext2D;
    copy.drawImage(canvas as HTMLCanvasElement, 0, 0);
    const {data} = copy.getImageData(0, 0, 8, 8);
    return Array.from({length: 64}, (_, i) => data[4 * i]);
  });
}

/** How many pixels of the pad are inked, and in what colour the middle is. */
function inkOf(page: Page): Promise<{count: number; colour: string}> {
  return page.locator('#pad').evaluate((pad) => {
    const {width, height} = pad as HTMLCanvasElement;
    const copy = new OffscreenCanvas(width, height).getContext('2d');
    if (copy === null) throw new Error('This browser has no canvas.');
    copy.drawImage(pad as HTMLCanvasElement, 0, 0);
    const {data} = copy.getImageData(0, 0, width, height);
    const [red, green, blue] = data.slice(4 * (width / 2 + (height / 2) * width));
    const count = data.filter((value, i) => i % 4 === 3 && value > 0).length;
    return {count, colour: `rgb(${red}, ${green}, ${blue})`};
  });
}

/** The colour that the pad is to be inked in. */
function colourOf(page: Page): Promise<string> {
  return page.locator('#pad').evaluate((pad) => getComputedStyle(pad).color);
}
