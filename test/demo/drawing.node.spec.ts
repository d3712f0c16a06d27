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

    await page.locator('#test-image').click();
    await page.locator('#seen-hint', {hasText: 'A test image of a'}).waitFor();
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
    const column = await page.locator('#seen').evaluate((canvas) => {
      const context = (canvas as HTMLCanvasElement).getContext('2d');
      const {data} = (context as CanvasRenderingContext2D).getImageData(3, 0, 1, 8);
      return [...Array(8).keys()].map((y) => data[4 * y]);
    });
    for (const value of column) expect(value).toBeGreaterThan(60);
    await page.context().close();
  });

  it('becomes data to train on', async () => {
    const {page, complaints} = await openPage();
    await ready(page);
    for (const [label, stroke] of [zero, one, zero, one].entries()) {
      await drawStroke(page, stroke);
      await page.locator('#label').selectOption(String(label % 2));
      await page.locator('#collect').click();
    }
    await page.locator('#collected', {hasText: 'Collected: 2 × 0, 2 × 1.'}).waitFor();
    await choose(page, {source: 'drawings', hidden: '16', epochs: '20'});
    await trainToEnd(page);
    const {data, sides} = await exportedRun(page);
    expect(data.train).toBe(4);
    for (const {points} of sides) expect(points[20].accuracy).toBe(1);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
