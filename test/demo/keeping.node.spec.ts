import {Resvg} from '@resvg/resvg-js';
import * as tf from '@tensorflow/tfjs';
import {svgOf} from '../../examples/browser/page/chart';
import {pictureOption} from '../../examples/browser/page/chart_options';
import {loadDigits} from '../../examples/data/digits';
import {openPage} from './built_page';
import {choose, downloads, drop, exportedRun, ready, trainToEnd} from './page_driver';
import {someLook} from './some_look';
import {someRun} from './some_run';

describe('What the page lets its visitor keep', () => {
  it('opens an exported run again, the same to the last digit', async () => {
    const first = await openPage();
    await ready(first.page);
    await choose(first.page, {
      limit: '96',
      epochs: '3',
      hidden: '16, 16',
      rival: 'sgd',
      'decoders.damping': '0.5',
      more: '{"bounds": {"shift": null}}',
    });
    await trainToEnd(first.page);
    const run = await exportedRun(first.page);
    expect(run.settings.dtp).toEqual({bounds: {shift: null}, decoders: {damping: 0.5}});
    await first.page.locator('.card[data-epoch="3"] >> nth=1').waitFor();
    const cards = (await first.page.locator('#cards').textContent()) ?? '';
    await first.page.context().close();

    const {page, complaints} = await openPage();
    await ready(page);
    await drop(page, {'run.json': Buffer.from(JSON.stringify(run))});
    await page.locator('#opened').waitFor();
    expect(await exportedRun(page)).toEqual(run);
    await page.locator('.card[data-epoch="3"] >> nth=1').waitFor();
    expect(await page.locator('#cards').textContent()).toBe(cards);
    await page.locator('#pictures canvas').nth(3).waitFor();
    expect(await page.locator('#pictures canvas').count()).toBe(4);
    for (const button of ['#save-dtp', '#save-rival', '#test-image']) {
      expect(await page.locator(button).isDisabled()).toBe(true);
    }

    // Its settings are in the form: a new run repeats it.
    await page.locator('#reset').click();
    await page.locator('#clock', {hasText: 'step 0 ·'}).waitFor();
    expect(await page.locator('#test-image').isEnabled()).toBe(true);
    await trainToEnd(page);
    const losses = ({sides}: typeof run) =>
      sides.map(({points}) => points.map(({loss, accuracy}) => [loss, accuracy]));
    expect(losses(await exportedRun(page))).toEqual(losses(run));
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('gives models that stock TensorFlow.js loads, with the accuracy that it shows', async () => {
    const {page} = await openPage();
    await ready(page);
    await choose(page, {limit: '256', epochs: '8', hidden: '24'});
    await trainToEnd(page);
    const {sides} = await exportedRun(page);
    const {test, features} = loadDigits();
    const images = tf.tensor2d(test.pixels, [test.count, features]);
    for (const name of ['DTP’s model', 'Adam’s model']) {
      await page.getByRole('button', {name, exact: true}).waitFor();
    }
    for (const [side, button] of ['#save-dtp', '#save-rival'].entries()) {
      const names = ['model.json', 'model.weights.bin'];
      const [description, weights] = await downloads(page, button, ...names);
      const {modelTopology, weightsManifest} = JSON.parse(String(description));
      const [{paths, weights: weightSpecs}] = weightsManifest;
      expect(paths).toEqual(['model.weights.bin']);
      // No layer of this package is in it.
      expect(JSON.stringify(modelTopology)).not.toMatch(/"class_name":"DTP|decoder/);
      const weightData = Uint8Array.from(weights).buffer;
      const model = await tf.loadLayersModel(
        tf.io.fromMemory({modelTopology, weightSpecs, weightData}),
      );
      const named = (model.predict(images) as tf.Tensor).argMax(1).dataSync();
      const right = test.labels.filter((label, i) => label === named[i]).length;
      expect(right / test.count).toBeCloseTo(sides[side].points[8].accuracy, 6);
      expect(right / test.count).toBeGreaterThan(0.5);
    }
    await page.context().close();
  });

  it('has a picture whose legend draws each method as its curve is', () => {
    const run = someRun([
      [2, 1],
      [2, 1.5],
    ]);
    const look = {...someLook, methods: {...someLook.methods, dtp: '#ff0000', adam: '#0000ff'}};
    const {pixels, width} = new Resvg(svgOf(pictureOption(run, look), 1200, 800)).render();
    // The legend stands above the charts, at the right.
    const dashes = (isOwn: (red: number, green: number, blue: number) => boolean) =>
      [...Array(100).keys()].reduce((most, y) => {
        const row = [...Array(width).keys()].map((x) => {
          const [red, green, blue] = pixels.subarray(4 * (x + y * width));
          return isOwn(red, green, blue);
        });
        return Math.max(most, row.filter((inked, x) => inked && !row[x - 1]).length);
      }, 0);
    expect(dashes((red, green, blue) => red > 200 && green + blue < 100)).toBe(1);
    expect(dashes((red, green, blue) => blue > 200 && red + green < 100)).toBeGreaterThan(2);
  });

  it('draws the run as a picture', async () => {
    const {page, complaints} = await openPage();
    await ready(page);
    await choose(page, {limit: '64', epochs: '2', hidden: '8'});
    await trainToEnd(page);
    const svg = String(await downloads(page, '#export-svg', 'run.svg'));
    for (const text of ['DTP', 'Adam', 'Train loss by epoch', '64-8-10']) {
      expect(svg).toContain(text);
    }
    const [png] = await downloads(page, '#export-png', 'run.png');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2400, 1600]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
