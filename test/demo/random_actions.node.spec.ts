import type {Page} from 'playwright-core';
import {permutation} from '../../examples/data/permutation';
import {openPage} from './built_page';
import {stripes} from './idx_bytes';
import {choose, drawStroke, drop, exportedRun, ready, setField} from './page_driver';

const ACTIONS = 200;
const SEED = 2020;
const base = {limit: '48', batch: '16', epochs: '3', hidden: '6', backend: 'wasm'};

/** Values that each field is set to, valid ones and others. */
const values: Record<string, string[]> = {
  source: ['digits', 'drawings', 'both', 'files'],
  limit: ['48', '20', '0'],
  batch: ['16', '7', 'many'],
  network: ['mlp', 'deep', 'conv'],
  activation: ['', 'tanh', 'relu', 'elu'],
  hidden: ['6', '5, 4', 'wide'],
  learningRate: ['', '0.5', '-1'],
  'update.damping': ['', '1', 'x'],
  'inversion.scheme': ['', 'input', 'combined'],
  'inversion.iterations': ['', '3', '0.5'],
  influence: ['', 'paper', 'none'],
  decoder: ['linear', 'mirror', 'mlp'],
  'decoders.objective': ['', 'autoencoder', 'reverse', 'both'],
  'decoders.damping': ['', '0.1', '-2'],
  more: ['', '{"feedback": "gradient"}', '{"bounds": {"decrease": null}}', '{"wrong": 1}', '{'],
  rival: ['adam', 'sgd', 'bp'],
  rate: ['0.01', '1e30', '0'],
  backend: ['cpu', 'wasm', 'webgl'],
  epochs: ['1', '3', '-3'],
  seed: ['1', '2', '1.5'],
};

describe('The page', () => {
  it(`bears ${ACTIONS} random actions during training and has no tensor more after a reset`, async () => {
    const {page, complaints} = await openPage();
    await ready(page);
    await choose(page, base);
    await page.locator('#reset').click();
    await page.locator('#memory', {hasText: 'tensors'}).waitFor();
    const run = JSON.stringify(await exportedRun(page));
    const form = await formOf(page);
    await page.waitForTimeout(300);
    const before = await tensors(page);

    let turn = 0;
    const pick = <Item>(items: Item[]): Item => items[permutation(items.length, SEED, turn++)[0]];
    const {images, labels} = stripes(24);
    const files: Array<Record<string, Uint8Array>> = [
      {images, labels},
      {images, 'cut off': labels.subarray(0, 9)},
      {'run.json': Buffer.from(run)},
      {'run.json': Buffer.from('{}')},
    ];
    const press = (id: string) => async () => {
      // By script, as a visitor's finger may be quicker than the page disables a button.
      await page.locator(id).evaluate((button) => (button as HTMLButtonElement).click());
    };
    const change = async () => {
      const name = pick(Object.keys(values));
      await setField(page, name, pick(values[name]));
    };
    const actions: Array<() => Promise<void>> = [
      ...['#run', '#run', '#step', '#reset', '#apply', '#clear', '#test-image'].map(press),
      ...[
        '#collect',
        '#collect',
        '#take-back',
        '#forget',
        '#export-json',
        '#export-svg',
        '#save-dtp',
        '#save-rival',
      ].map(press),
      ...Array<() => Promise<void>>(9).fill(change),
      () => drawStroke(page, [pick(corners), pick(corners), pick(corners)]),
      () => drop(page, pick(files)),
      async () => void (await page.locator('.quantity').selectOption({index: pick([0, 3, 5])})),
      async () => void (await page.locator('#label').selectOption({index: pick([0, 1, 2])})),
    ];
    for (let i = 0; i < ACTIONS; i++) await pick(actions)();

    for (const [name, value] of Object.entries(form)) await setField(page, name, value);
    await page.locator('#reset').click();
    await page.locator('#clock', {hasText: 'step 0 · wasm'}).waitFor({timeout: 120_000});
    await ready(page);
    await page.locator('#memory', {hasText: `${before} tensors in`}).waitFor();
    expect(await tensors(page)).toBe(before);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

const corners: Array<[number, number]> = [
  [0.2, 0.2],
  [0.8, 0.3],
  [0.3, 0.8],
  [0.7, 0.9],
];

/** What the fields hold. */
async function formOf(page: Page): Promise<Record<string, string>> {
  const held: Record<string, string> = {};
  for (const name of Object.keys(values)) {
    const field = page.locator(`#settings :is([name="${name}"], [data-path="${name}"])`);
    held[name] = await field.inputValue();
  }
  return held;
}

async function tensors(page: Page): Promise<number> {
  return Number((await page.locator('#memory').textContent())?.match(/^\d+/)?.[0]);
}
