import * as tf from '@tensorflow/tfjs';
import {activations} from '../../src/activations/index';
import {type DecoderMap, decoded, decodedDifference, rowsOfMaps} from '../../src/decoders/maps';
import {identity, type Nonlinearity, tanh} from '../../src/decoders/nonlinearity';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {type Matrix, product, randomMatrix, scaled, sum} from '../support/float64';

const sigmoid: Nonlinearity = {...activations.sigmoid, apply: (h) => h.sigmoid()};

const inFloat64 = new Map<Nonlinearity, (entry: number) => number>([
  [identity, (entry) => entry],
  [tanh, Math.tanh],
  [sigmoid, (entry) => 1 / (1 + Math.exp(-entry))],
]);

const chains: Record<string, {nonlinearities: Nonlinearity[]; widths: number[]}> = {
  linear: {nonlinearities: [identity], widths: [3, 5]},
  mirror: {nonlinearities: [sigmoid], widths: [5, 3]},
  'mlp with one hidden layer': {nonlinearities: [identity, tanh], widths: [3, 7, 5]},
  'mlp with two hidden layers': {nonlinearities: [identity, tanh, tanh], widths: [5, 6, 4, 3]},
};

const ROWS = 4;

onEveryBackend('the maps of a decoder', () => {
  for (const [name, {nonlinearities, widths}] of Object.entries(chains)) {
    const kernels = nonlinearities.map((_, k) =>
      scaled(randomMatrix(widths[k], widths[k + 1], 10 + k), 0.6),
    );
    const biases = nonlinearities.map((_, k) => randomMatrix(1, widths[k + 1], 20 + k)[0]);
    const y = randomMatrix(ROWS, widths[0], 1);
    const mapsOf = (weights: tf.Tensor[]): DecoderMap[] =>
      nonlinearities.map((activation, k) => ({
        activation,
        kernel: weights[2 * k] as tf.Tensor2D,
        bias: weights[2 * k + 1] as tf.Tensor1D,
      }));
    const weights = () => kernels.flatMap((v, k) => [tf.tensor2d(v), tf.tensor1d(biases[k])]);
    /** g in float64, of rows that keep what float32 would lose. */
    const g = (at: Matrix): Matrix =>
      nonlinearities.reduce((z, activation, k) => {
        const phi = inFloat64.get(activation) as (entry: number) => number;
        const image = product(
          z.map((row) => row.map(phi)),
          kernels[k],
        );
        return image.map((row) => row.map((entry, i) => entry + biases[k][i]));
      }, at);

    describe(name, () => {
      it('decodes as float64 does', () => {
        expectTensorsClose(decoded(mapsOf(weights()), tf.tensor2d(y)), g(y), 1e-5);
      });

      // The oracle has float64's rounding error over the size of e: 1e-16 / 1e-7. float32 itself would
      // have 1e-7 / 1e-7, and a difference of two decodes is nothing but noise.
      for (const [size, tolerance] of [
        [1, 1e-5],
        [1e-3, 1e-5],
        [1e-7, 1e-4],
      ]) {
        it(`has g(y + e) − g(y) without cancellation, for e of size ${size}`, () => {
          const rounded = Array.from(tf.tensor2d(y).arraySync());
          const e = tf.tensor2d(scaled(randomMatrix(ROWS, widths[0], 2), size));
          const expected = sum(g(sum(rounded, e.arraySync())), scaled(g(rounded), -1));

          const actual = decodedDifference(mapsOf(weights()), tf.tensor2d(rounded), e);
          expectTensorsClose(actual, expected, tolerance);
        });
      }

      it('has, by the chain rule, the gradient of ⟨r, g(y)⟩ that autodiff has', () => {
        const r = tf.tensor2d(randomMatrix(ROWS, widths.at(-1) as number, 3));
        const output = tf.tensor2d(y);
        const expected = tf.grads((...args: tf.Tensor[]) =>
          decoded(mapsOf(args), output).mul(r).sum(),
        )(weights());

        for (const [k, rows] of rowsOfMaps(mapsOf(weights()), output, r).entries()) {
          expectTensorsClose(rows.input.transpose().matMul(rows.difference), expected[2 * k], 1e-5);
          expectTensorsClose(rows.difference.sum(0), expected[2 * k + 1], 1e-5);
        }
      });
    });
  }
});
