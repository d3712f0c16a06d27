import {shown} from '../../examples/browser/page/numbers';
import {openPage} from './built_page';
import {choose, exportedRun, ready, setField, stepOf, trainToEnd} from './page_driver';

const small = {limit: '64', batch: '32', epochs: '3', hidden: '16, 16'};

describe('The page', () => {
  it('loads from a sub-path and tells the console of no error', async () => {
    const {page, complaints} = await openPage();
    await ready(page);
    expect(complaints).toEqual([]);
    expect(await page.locator('#messages').textContent()).toBe('');
    await page.context().close();
  });

  it('takes settings as soon as it has what can be chosen, and not before', async () => {
    const slow = 'for (const begin = Date.now(); Date.now() < begin + 1500; );';
    const {page, complaints} = await openPage({}, {before: slow});
    const epochs = page.locator('[name="epochs"]');
    expect(await epochs.isDisabled()).toBe(true);
    await epochs.fill('3');
    await epochs.blur();
    await ready(page);
    await page.locator('#clock', {hasText: 'of 3 ·'}).waitFor();
    expect(await page.locator('#messages').textContent()).toBe('');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  for (const backend of ['cpu', 'wasm', 'webgl']) {
    it(`trains both networks for three epochs on ${backend}, from the same weights`, async () => {
      const {page, complaints} = await openPage();
      await ready(page);
      await choose(page, {...small, hidden: '16', backend});
      await trainToEnd(page);
      const run = await exportedRun(page);
      expect(run.backend).toBe(backend);
      const [dtp, adam] = run.sides;
      expect(dtp.points[0].loss).toBe(adam.points[0].loss);
      for (const {points, failure} of run.sides) {
        expect(failure).toBeNull();
        expect(points.map(({epoch}) => epoch)).toEqual([0, 1, 2, 3]);
        expect(points.map(({step}) => step)).toEqual([0, 2, 4, 6]);
        expect(points[3].loss).toBeLessThan(points[0].loss);
        expect(points[3].seconds).toBeGreaterThan(points[1].seconds);
      }
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  }

  for (const rival of ['bp', 'adam']) {
    it(`trains convolutional networks by DTP and by ${rival} on wasm`, async () => {
      const {page} = await openPage();
      await ready(page);
      await choose(page, {...small, hidden: '', network: 'conv', rival});
      await trainToEnd(page);
      const {sides, irreversible} = await exportedRun(page);
      expect(irreversible).toContain('Pooling has no inverse');
      for (const {points} of sides) expect(points[3].loss).toBeLessThan(points[0].loss);
      await page.context().close();
    });
  }

  it('measures every layer and shows what decoders reconstruct from it', async () => {
    const {page} = await openPage();
    await ready(page);
    await choose(page, {...small, 'inversion.iterations': '3'});
    await trainToEnd(page);
    const {watched, layers, reconstructions, data} = await exportedRun(page);
    expect(layers.map(({label}) => label)).toEqual([
      '64 to 16, relu',
      '16 to 16, relu',
      '16 to 10, softmax',
    ]);
    const last = watched[watched.length - 1];
    expect(last.layers.length).toBe(3);
    for (const {target, influence, angle} of last.layers) {
      expect(target?.size).toBeGreaterThan(0);
      expect(influence?.mean).toBeGreaterThan(0);
      expect(angle?.update).toBeLessThan(90);
    }
    // The data's layer passes nothing down; the others have a start and three iterations.
    const curves = last.layers.map(({inversion}) => inversion?.residuals?.length);
    expect(curves.slice(1)).toEqual([4, 4]);
    expect(reconstructions?.length).toBe(4);
    for (const {pixels} of reconstructions ?? []) {
      expect(pixels.length).toBe(data.classes * data.rows * data.columns);
    }
    // Pictures and tables follow the training at their own pace.
    await page.locator('#pictures canvas').nth(3).waitFor();
    await page.locator('#layer-table tbody tr').nth(2).waitFor();
    expect(await page.locator('#pictures canvas').count()).toBe(4);
    expect(await page.locator('#layer-table tbody tr').count()).toBe(3);
    await page.context().close();
  });

  it('shows and exports α of every epoch, and residuals of as many iterations as a step takes', async () => {
    const {page, complaints} = await openPage();
    await ready(page);
    await choose(page, {...small, epochs: '4'});
    await trainToEnd(page);
    const {watched} = await exportedRun(page);
    expect(watched.map(({epoch}) => Math.ceil(epoch))).toEqual([1, 2, 3, 4]);
    for (const {layers} of watched) {
      const [lowest, ...others] = layers.map(({inversion}) => inversion);
      // The data get no target.
      expect([lowest?.contraction, lowest?.residuals]).toEqual([null, []]);
      for (const inversion of others) {
        expect(inversion?.contraction).toBeGreaterThan(0);
        // One iteration, by default.
        expect(inversion?.residuals).toEqual([inversion?.start ?? 0, inversion?.last ?? 0]);
      }
    }
    // The page has the numbers that it exports.
    const charts = page.locator('#layer-charts figure');
    const alphas = charts.filter({hasText: 'Contraction α by epoch'});
    await alphas.scrollIntoViewIfNeeded();
    await alphas.locator('summary').click();
    await alphas.locator('tbody tr').nth(3).waitFor();
    const rows = await alphas.locator('tbody tr').allTextContents();
    const cells = watched.map(({epoch, layers}) =>
      [epoch.toFixed(1), ...layers.map(({inversion}) => shown(inversion?.contraction))].join(''),
    );
    expect(rows).toEqual(cells);
    // Keys are of layers that have a line.
    const keysOf = (title: string) =>
      charts.filter({hasText: title}).locator('.key').allTextContents();
    const inverted = layerNames(watched[0].layers.length).slice(1);
    expect(await keysOf('Contraction α')).toEqual(inverted);
    expect(await keysOf('Inversion residual by iteration')).toEqual(inverted);
    expect(await keysOf(' by epoch')).toContain('Layer 1');
    const iterations = charts.filter({hasText: 'Inversion residual by iteration'});
    await iterations.locator('summary').click();
    await iterations.locator('tbody tr').nth(1).waitFor();
    expect(await iterations.locator('tbody tr').count()).toBe(2);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('pauses, goes on, takes single steps and begins anew', async () => {
    const {page, complaints} = await openPage();
    await ready(page);
    await choose(page, {epochs: '1000', hidden: '16'});
    const first = await exportedRun(page);

    await page.locator('#run').click();
    await page.getByRole('button', {name: 'Pause'}).click();
    await page.getByRole('button', {name: 'Continue'}).waitFor();
    const paused = await stepOf(page);
    expect(paused).toBeGreaterThan(0);
    await page.waitForTimeout(200);
    expect(await stepOf(page)).toBe(paused);

    await page.locator('#step').click();
    await page.locator('#clock', {hasText: `step ${paused + 1} ·`}).waitFor();

    await page.locator('#run').click();
    await page.waitForFunction(
      (before) => Number(document.body.textContent?.match(/step (\d+) ·/)?.[1]) > before,
      paused + 1,
    );
    await page.locator('#reset').click();
    await page.locator('#clock', {hasText: 'step 0 ·'}).waitFor();
    await page.waitForTimeout(200);
    expect(await stepOf(page)).toBe(0);
    const again = await exportedRun(page);
    for (const side of [...first.sides, ...again.sides]) {
      for (const point of side.points) point.seconds = 0;
    }
    expect(again).toEqual(first);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('says how many epochs more there are once all are done, and trains them', async () => {
    const {page} = await openPage();
    await ready(page);
    await choose(page, {...small, epochs: '2'});
    await trainToEnd(page);
    await page.getByRole('button', {name: 'Train 2 more epochs'}).click();
    await page.locator('#clock', {hasText: 'Epoch 4.0 of 4'}).waitFor();
    await page.getByRole('button', {name: 'Train 2 more epochs'}).waitFor();
    await page.locator('#step').click();
    await page.getByRole('button', {name: 'Continue'}).waitFor();
    expect(await stepOf(page)).toBe(9);
    await page.context().close();
  });

  it('repeats the same losses from the same seed, and others from another', async () => {
    const {page} = await openPage();
    await ready(page);
    const losses: number[][] = [];
    for (const seed of ['1', '1', '2']) {
      await choose(page, {...small, seed});
      await trainToEnd(page);
      const {sides} = await exportedRun(page);
      losses.push(sides.flatMap(({points}) => points.map(({loss}) => loss)));
      await page.locator('#reset').click();
      await page.locator('#clock', {hasText: 'step 0 ·'}).waitFor();
    }
    expect(losses[1]).toEqual(losses[0]);
    expect(losses[2]).not.toEqual(losses[0]);
    await page.context().close();
  });

  it('quotes what was typed for a number, and marks the field until it is one', async () => {
    const {page} = await openPage();
    await ready(page);
    const wrong: Array<[field: string, typed: string, valid: string, says: string]> = [
      ['batch', 'abc', '64', "Mini-batch: is 'abc', expected a whole number ≥ 1."],
      ['batch', '', '64', 'Mini-batch: is empty, expected a whole number ≥ 1.'],
      ['epochs', '1,5', '3', "Epochs: is '1,5', expected a whole number ≥ 1."],
      ['epochs', '0', '3', 'Epochs: is 0, expected a whole number ≥ 1.'],
      ['hidden', '16, wide', '16', "Hidden units: is 'wide', expected a whole number ≥ 1."],
      ['rate', '0,01', '0.01', "Learning rate of the other method: is '0,01', expected a number"],
      ['update.damping', 'big', '', "Update damping: is 'big', expected a number."],
      ['more', '{', '', 'Any other option: is no JSON'],
    ];
    for (const [field, typed, valid, says] of wrong) {
      await setField(page, field, typed);
      const message = page.locator('#messages .error', {hasText: says});
      await message.waitFor();
      const marked = page.locator('#settings [aria-invalid]');
      expect(await marked.count()).toBe(1);
      const control = page.locator(`#settings :is([name="${field}"], [data-path="${field}"])`);
      expect(await control.getAttribute('aria-invalid')).toBe('true');
      await choose(page, {[field]: valid});
      await message.waitFor({state: 'detached'});
      expect(await marked.count()).toBe(0);
    }
    await page.context().close();
  });

  it('refuses a network that no tab can hold, and trains another one', async () => {
    const {page, complaints} = await openPage();
    await ready(page);
    const message = page.locator('#messages .error', {
      hasText: 'Hidden units: the network has 802',
    });
    await setField(page, 'hidden', '20000,20000');
    await message.waitFor();
    await page.locator('#run').click();
    await ready(page);
    await message.waitFor();
    expect(await stepOf(page)).toBe(0);
    expect(await page.locator('#pending').isVisible()).toBe(false);
    await choose(page, small);
    await message.waitFor({state: 'detached'});
    await trainToEnd(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('says that it builds a network as long as it does, and then trains what was chosen last', async () => {
    // What a large network takes by itself.
    const slow =
      'const post = self.postMessage.bind(self);' +
      'self.postMessage = (said) => said.result?.record ? setTimeout(post, 1500, said) : post(said);';
    const {page, complaints} = await openPage({}, {before: slow});
    await ready(page);
    await setField(page, 'hidden', '16');
    await page.locator('#clock', {hasText: 'Building …'}).waitFor();
    for (const button of ['#run', '#step']) {
      expect(await page.locator(button).isDisabled()).toBe(true);
    }
    expect(await page.locator('#status').textContent()).toBe('Building.');
    expect(await page.locator('#pending').isVisible()).toBe(false);
    await choose(page, {hidden: '12', limit: '64', epochs: '1'});
    expect((await exportedRun(page)).settings.hidden).toEqual([12]);
    // A press that begins in a field's stead counts, though a run is built before it ends.
    await page.locator('[name="epochs"]').fill('2');
    const {x, y} = (await page.locator('#run').boundingBox()) ?? {x: 0, y: 0};
    await page.mouse.move(x + 5, y + 5);
    await page.mouse.down();
    await page.locator('#clock', {hasText: 'Building …'}).waitFor();
    await page.mouse.up();
    await page.locator('#clock', {hasText: 'Epoch 2.0 of 2'}).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("shows the library's own message about a bad option, and keeps the run", async () => {
    const {page, complaints} = await openPage();
    await ready(page);
    await choose(page, small);
    await trainToEnd(page);
    const before = await exportedRun(page);
    await setField(page, 'inversion.iterations', '-1');
    await page.locator('#apply').click();
    const message = page.locator('#messages .error');
    await message.waitFor();
    expect(await message.textContent()).toContain('inversion.iterations');
    expect(await message.textContent()).toContain('-1');
    expect(await exportedRun(page)).toEqual(before);
    // And goes on.
    await page.locator('#step').click();
    await page.locator('#clock', {hasText: 'step 7 ·'}).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('says what is no JSON until it is mended, and follows the form then', async () => {
    const {page} = await openPage();
    await ready(page);
    const message = page.locator('#messages .error', {hasText: 'Any other option: is no JSON'});
    await setField(page, 'more', '{"bounds": ');
    await setField(page, 'epochs', '3');
    for (const button of ['#reset', '#run', '#step']) {
      await page.getByRole('button', {name: 'Close the message'}).click();
      await message.waitFor({state: 'detached'});
      await page.locator(button).click();
      await message.waitFor();
    }
    await choose(page, {more: ''});
    await message.waitFor({state: 'detached'});
    expect((await exportedRun(page)).settings.epochs).toBe(3);
    await page.context().close();
  });

  it('says so where both networks have failed at once, and takes no step more', async () => {
    const {page} = await openPage();
    await ready(page);
    const rates = {rival: 'sgd', rate: '1e38', learningRate: '1e38'};
    const unbound =
      '{"bounds": {"together": null, "decrease": null, "shift": null, "noise": null}}';
    await choose(page, {
      ...small,
      ...rates,
      activation: 'linear',
      influence: 'none',
      more: unbound,
      backend: 'cpu',
    });
    const message = page.locator('#messages .error', {hasText: 'Both networks have stopped.'});
    const reached: number[] = [];
    for (const button of ['#run', '#run', '#step']) {
      await page.locator(button).click();
      await message.waitFor();
      reached.push(await stepOf(page));
      await page.getByRole('button', {name: 'Continue'}).waitFor();
      await page.getByRole('button', {name: 'Close the message'}).click();
      await message.waitFor({state: 'detached'});
    }
    await page.locator('#headline', {hasText: 'Both networks have stopped before'}).waitFor();
    await page.locator('#pictures', {hasText: 'No images were made'}).waitFor();
    await page.locator('#layer-table', {hasText: 'Nothing was measured'}).waitFor();
    expect(new Set(reached).size).toBe(1);
    await page.context().close();
  });

  it('goes on with one network where the other has failed', async () => {
    const {page} = await openPage();
    await ready(page);
    // wasm takes the logarithm of what is no number for a large loss.
    const broken = {activation: 'linear', rival: 'sgd', rate: '1e38', backend: 'cpu'};
    await choose(page, {...small, ...broken});
    await trainToEnd(page);
    const {sides} = await exportedRun(page);
    expect(sides[0].failure).toBeNull();
    expect(sides[0].points.length).toBe(4);
    expect(sides[1].failure).toContain('no longer a number');
    await page.locator('.card .failure').waitFor();
    await page.context().close();
  });
});

function layerNames(count: number): string[] {
  return [...Array(count).keys()].map((l) => `Layer ${l + 1}`);
}
