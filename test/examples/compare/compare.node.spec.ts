import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import {compare, type MethodResult} from '../../../examples/compare/compare';
import {parseOptions} from '../../../examples/compare/options';
import {planFor} from '../../../examples/compare/plan';
import type {Progress} from '../../../examples/compare/progress';
import {disposeRun, startRun} from '../../../examples/compare/run';
import {type Dataset, firstImages} from '../../../examples/data/dataset';
import {loadDigits} from '../../../examples/data/digits';

const SMALL = '--layers 12,12 --epochs 2 --rates 1e-2 --sgd-rates 0.1 --bp-rates 1'.split(' ');
const data = firstImages(loadDigits(), 150);
const silent: Progress = {epoch: () => {}, round: () => {}, stop: () => {}};

/** Compares on a small network for two epochs. */
function compareOn(data: Dataset, ...options: string[]): Promise<MethodResult[]> {
  const argv = ['node', 'compare', ...SMALL, ...options];
  return compare(planFor(parseOptions(argv), data), data, silent);
}

const run = (...options: string[]) => compareOn(data, ...options);

/** Train losses of a method's best rate, for each seed and epoch. */
function losses(results: MethodResult[], name: string): number[][] {
  const found = results.find(({method}) => method === name) as MethodResult;
  return found.best.runs.map(({epochs}) => epochs.map(({loss}) => loss));
}

describe('compare', () => {
  beforeAll(() => tf.setBackend('wasm'));
  afterAll(() => tf.setBackend('cpu'));

  it('starts every method from the same loss', async () => {
    const results = await run();
    const [start] = losses(results, 'dtp')[0];
    for (const {best} of results) expect(best.runs[0].epochs[0].loss).toBeCloseTo(start, 5);
  });

  it('lowers the loss by every method', async () => {
    for (const {method, best} of await run()) {
      const [start, , end] = best.runs[0].epochs;
      expect(end.loss).withContext(method).toBeLessThan(start.loss);
    }
  });

  it('lowers the loss of a convolutional network by every method on wasm', async () => {
    const results = await run('--model', 'conv', '--layers', '12');
    expect(results.map(({method}) => method)).toEqual(['dtp', 'bp', 'adam', 'sgd']);
    for (const {method, best} of results) {
      const [start, , end] = best.runs[0].epochs;
      expect(end.loss)
        .withContext(method)
        .toBeLessThan(0.98 * start.loss);
    }
  });

  it('gives a method the same losses whichever others take part', async () => {
    const alone = await run('--methods', 'dtp', '--seeds', '2');
    const together = await run('--methods', 'dtp,adam,sgd', '--seeds', '2');
    expect(losses(together, 'dtp')).toEqual(losses(alone, 'dtp'));
  });

  it('gives Adam the same losses on stock and on fixed kernels, up to rounding', async () => {
    const results = await run('--methods', 'adam,adam-stock');
    const [fixed] = losses(results, 'adam');
    const [stock] = losses(results, 'adam-stock');
    for (const [epoch, loss] of stock.entries()) expect(loss).toBeCloseTo(fixed[epoch], 4);
  });

  it('represents a method by the rate with the lowest final train loss', async () => {
    const [{rates, best}] = await run('--methods', 'adam', '--rates', '1e-5,1e-2,1e-4');
    const ends = rates.map(({runs}) => runs[0].epochs[2].loss);
    expect(best).toBe(rates[ends.indexOf(Math.min(...ends))]);
    expect(rates.map(({rate}) => rate)).toEqual([1e-5, 1e-2, 1e-4]);
  });

  it('stops a run that diverges and prefers any other rate to it', async () => {
    const options = ['--model', 'autoencoder', '--methods', 'sgd', '--sgd-rates', '1e38,1e-9'];
    const [{rates, best}] = await run(...options);
    expect(rates[0].runs[0].diverged).toBeTrue();
    expect(best.rate).toBe(1e-9);
  });

  it('gives the layers of DTP the decoders that are asked for, but none to the first', () => {
    const plan = planFor(parseOptions(['node', 'compare', ...SMALL, '--decoder', 'mlp']), data);
    const run = startRun(plan, 'dtp', 1, 1);
    expect(run.model.layers.map((layer) => layer.getConfig().decoder)).toEqual([
      false,
      {architecture: 'mlp'},
      {architecture: 'mlp'},
    ]);
    disposeRun(run);
  });

  it('counts seconds of training that grow with every epoch', async () => {
    const [{best}] = await run('--methods', 'adam');
    const [start, first, second] = best.runs[0].epochs.map(({seconds}) => seconds);
    expect(start).toBe(0);
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
  });

  it('measures at least weights, their gradients and the state of Adam as its memory', async () => {
    const [{peakBytes}] = await run('--methods', 'adam');
    const weights = 64 * 12 + 12 + 12 * 12 + 12 + 12 * 10 + 10;
    expect(peakBytes).toBeGreaterThan(4 * 4 * weights);
  });

  it('does not count the data set as memory of a method', async () => {
    const options = ['--methods', 'adam', '--batch', '20'];
    const peaks = [];
    for (const images of [30, 150]) {
      const [{peakBytes}] = await compareOn(firstImages(data, images), ...options);
      peaks.push(peakBytes);
    }
    expect(peaks[0]).toBe(peaks[1]);
  });

  it('leaves no tensor behind', async () => {
    // Not SGD: the momentum optimizer of tfjs 4.22 forgets a scalar when it is disposed.
    const options = ['--methods', 'dtp,bp,adam,adam-stock'];
    await run(...options); // Whatever is made once and kept.
    const {numTensors} = tf.memory();
    await run(...options);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
