import * as tf from '@tensorflow/tfjs';
import {convolution} from '../../src/convolution/convolution';
import {convolved} from '../../src/convolution/geometry';
import {spreadRows} from '../../src/tensors/spread_rows';
import {example} from '../../src/updates/example';
import type {ImplicitRows, Rows} from '../../src/updates/index';
import {minibatch} from '../../src/updates/minibatch';
import {stackInputs} from '../../src/updates/stack_inputs';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {
  identity,
  inverse,
  type Matrix,
  norm,
  product,
  randomMatrix,
  scaled,
  sum,
  transposed,
} from '../support/float64';
import {tensorsLeftBy} from '../support/tensors_left';
import {effect, made} from './rows';

const windows = convolution([
  convolved(5, {kernel: 2, stride: 1}, 'same'),
  convolved(6, {kernel: 2, stride: 2}, 'valid'),
]);
const FEATURES = 8;
const OUT = 3;

const images = (count: number, seed = 1) =>
  tf.randomNormal([count, 5, 6, 2], 0, 1, 'float32', seed);
const implicit = (x: tf.Tensor) => windows.inputRows(x)[0] as ImplicitRows;
const written = (x: ImplicitRows) => x.sample(Number.POSITIVE_INFINITY);

/** The windows of some images with wanted changes, written out or not. */
function rows(count: number, useBias: boolean): {implicit: Rows<ImplicitRows>; explicit: Rows} {
  const input = implicit(images(count));
  const difference = tf.tensor2d(randomMatrix(input.shape[0], OUT, 2));
  return {
    implicit: {input, difference, useBias},
    explicit: {input: written(input), difference, useBias},
  };
}

onEveryBackend('the update of windows', () => {
  for (const useBias of [true, false]) {
    const bias = useBias ? 'with a bias' : 'without a bias';

    it(`solves the normal equations of all windows: ${bias}`, () => {
      const {implicit, explicit} = rows(3, useBias);
      const change = made(minibatch(implicit, {damping: 0.3}));
      const x = (explicit.input.arraySync() as Matrix).map((row) => (useBias ? [...row, 1] : row));
      const lambda = (0.3 * norm(x) ** 2) / x.length;
      const gram = sum(product(transposed(x), x), scaled(identity(x[0].length), lambda));
      const expected = product(inverse(gram), transposed(x), explicit.difference.arraySync());

      const stacked = useBias
        ? tf.concat([change.kernel, (change.bias as tf.Tensor1D).expandDims(0)])
        : change.kernel;
      expectTensorsClose(stacked, expected, 1e-4);
      const moved = effect(explicit, change);
      expectTensorsClose(change.progress, explicit.difference.mul(moved).sum(0), 1e-4);
      expectTensorsClose(change.squaredMove, moved.square().sum(), 1e-4);
    });

    for (const [name, rule] of Object.entries({minibatch, example})) {
      it(`is that of the same rows written out: ${name}, ${bias}`, () => {
        const {implicit, explicit} = rows(2, useBias);
        const [change, expected] = [implicit, explicit].map((given) =>
          made(rule(given, {damping: 0.3})),
        );
        expectTensorsClose(change.kernel, expected.kernel, 1e-4);
        expectTensorsClose(change.progress, expected.progress, 1e-4);
        expectTensorsClose(change.squaredMove, expected.squaredMove, 1e-4);
        if (useBias) expectTensorsClose(change.bias as tf.Tensor, expected.bias as tf.Tensor, 1e-4);
        expect(expected.bias === null).toBe(!useBias);
      });
    }
  }

  it('of several calls is that of all their windows', () => {
    const [one, two] = [images(1, 1), images(2, 2)];
    const together = implicit(tf.concat([one, two]));
    const difference = tf.tensor2d(randomMatrix(together.shape[0], OUT, 3));
    const stacked = stackInputs([implicit(one), implicit(two)]);
    const [change, expected] = [stacked, together].map((input) =>
      made(minibatch({input, difference, useBias: true}, {damping: 0.1})),
    );
    expect(stacked.shape).toEqual(together.shape);
    expectTensorsClose(change.kernel, expected.kernel, 1e-4);
    expectTensorsClose(change.progress, expected.progress, 1e-4);
    expectTensorsClose(change.squaredMove, expected.squaredMove, 1e-4);
  });

  it('leaves no tensor behind', () => {
    const {implicit} = rows(3, true);
    for (const gramRows of [null, 10]) {
      expect(tensorsLeftBy(() => minibatch(implicit, {damping: 0.3, gramRows}))).toBe(0);
    }
  });
});

onEveryBackend('gramRows', () => {
  it('samples windows evenly: about so many, each one of them', () => {
    const x = implicit(images(4));
    const all = written(x).arraySync() as Matrix;
    const known = new Set(all.map((row) => row.join()));
    for (const most of [1, 7, 20, 59]) {
      const sample = x.sample(most).arraySync() as Matrix;
      // One position of every image is the least.
      expect(sample.length).toBeLessThanOrEqual(Math.max(1.5 * most, 4));
      expect(sample.length).toBeGreaterThanOrEqual(Math.min(most, all.length) / 6);
      for (const row of sample) expect(known.has(row.join())).toBeTrue();
    }
    // The middle of 5 × 3 outputs.
    expect(x.sample(1).arraySync()).toEqual([0, 1, 2, 3].map((image) => all[15 * image + 7]));
    expect(x.sample(60).shape).toEqual([60, FEATURES]);
  });

  it('samples a sequence along its one axis', () => {
    const [one, many] = [1, 300].map((size) => convolved(size, {kernel: 1, stride: 1}, 'valid'));
    const [rows] = convolution([one, many]).inputRows(tf.zeros([4, 1, 300, 2])) as ImplicitRows[];
    for (const most of [20, 100, 500]) {
      const [count] = rows.sample(most).shape;
      expect(count).toBeLessThanOrEqual(1.1 * most);
      expect(count).toBeGreaterThan(most / 2);
    }
  });

  for (const useBias of [true, false]) {
    it(`changes nothing where the sample stands for all rows: ${useBias ? 'with' : 'without'} a bias`, () => {
      const block = tf.tensor2d(randomMatrix(9, 4, 1));
      const input = tf.concat2d([block, block, block], 0);
      const difference = tf.tensor2d(randomMatrix(27, OUT, 2));
      const given = {input, difference, useBias};
      const [whole, sampled] = [null, 9].map((gramRows) =>
        made(minibatch(given, {damping: 0.2, gramRows})),
      );
      expectTensorsClose(sampled.kernel, whole.kernel, 1e-4);
      expectTensorsClose(sampled.progress, whole.progress, 1e-4);
      expectTensorsClose(sampled.squaredMove, whole.squaredMove, 1e-4);
    });
  }

  it('estimates the Gram matrix alone: wanted changes of all rows count', () => {
    const input = tf.tensor2d(randomMatrix(30, 4, 1));
    const difference = tf.tensor2d(randomMatrix(30, OUT, 2));
    const {kernel} = made(
      minibatch({input, difference, useBias: false}, {damping: 0.2, gramRows: 12}),
    );
    const x = input.arraySync();
    const sample = spreadRows(input, 12).arraySync();
    const gram = scaled(product(transposed(sample), sample), 30 / 12);
    const lambda = (0.2 * (30 / 12) * norm(sample) ** 2) / 30;
    const damped = sum(gram, scaled(identity(4), lambda));
    const expected = product(inverse(damped), transposed(x), difference.arraySync());
    expectTensorsClose(kernel, expected, 1e-4);
  });

  it('sees all examples and all places of long sequences, and all calls of a shared layer', () => {
    // One of 32 features for each sequence, one of 4 for each place, one of 2 for each call.
    const features = (sequence: number, place: number) => [
      ...oneOf(32, sequence),
      ...oneOf(4, place % 4),
      ...oneOf(2, sequence % 2),
    ];
    const oneOf = (count: number, which: number) =>
      Array.from({length: count}, (_, i) => (i === which ? 1 : 0));
    const input = tf.tensor2d(
      Array.from({length: 32 * 64}, (_, i) => features(Math.floor(i / 64), i % 64)),
    );
    const difference = tf.tensor2d(randomMatrix(32 * 64, OUT, 2));
    const [whole, sampled] = [null, 512].map((gramRows) =>
      made(minibatch({input, difference, useBias: false}, {damping: 0.2, gramRows})),
    );
    expectTensorsClose(sampled.kernel, whole.kernel, 0.2);
  });

  it('leaves mini-batches of fewer rows as they are', () => {
    const input = tf.tensor2d(randomMatrix(10, 4, 1));
    const difference = tf.tensor2d(randomMatrix(10, OUT, 2));
    const given = {input, difference, useBias: true};
    const [whole, sampled] = [null, 10].map((gramRows) =>
      made(minibatch(given, {damping: 0.2, gramRows})),
    );
    expectTensorsClose(sampled.kernel, whole.kernel, 0);
  });
});
