import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';

const convex = (differences: tf.Tensor[]) => dtp.merges.convex(differences, () => []);

onEveryBackend('convex', () => {
  it('is the paper’s γ and 1 − γ for two: γ = 1/‖d_B‖² / (1/‖d_B‖² + 1/‖d_C‖²)', () => {
    const [b, c] = [tf.tensor2d([[3, 4]]), tf.tensor2d([[0, 2]])];
    const gamma = 1 / 25 / (1 / 25 + 1 / 4);

    expectTensorsClose(convex([b, c]), [[gamma], [1 - gamma]], 1e-6);
  });

  it('gives any number of arms weights ∝ 1/‖d‖², at least 0, that sum to 1', () => {
    for (const arms of [1, 2, 3, 7]) {
      const differences = Array.from({length: arms}, (_, i) =>
        tf.randomNormal([5, 2, 3], 0, i + 1, 'float32', i),
      );
      const inverse = tf.stack(differences.map((d) => d.square().sum([1, 2]).reciprocal()));

      const weights = convex(differences);
      expect(weights.min().dataSync()[0]).toBeGreaterThanOrEqual(0);
      expectTensorsClose(weights.sum(0), tf.ones([5]), 1e-6);
      expectTensorsClose(weights, inverse.div(inverse.sum(0)), 1e-5);
    }
  });

  it('weighs every example by its own differences', () => {
    const [b, c] = [tf.tensor2d([[1], [3]]), tf.tensor2d([[1], [1]])];

    expectTensorsClose(
      convex([b, c]),
      [
        [0.5, 0.1],
        [0.5, 0.9],
      ],
      1e-6,
    );
  });

  it('leaves out arms that ask for nothing, and is 0 where none asks', () => {
    const differences = [tf.tensor2d([[0], [0]]), tf.tensor2d([[5], [0]]), tf.tensor2d([[5], [0]])];

    expectTensorsClose(
      convex(differences),
      [
        [0, 0],
        [0.5, 0],
        [0.5, 0],
      ],
      1e-6,
    );
  });

  for (const size of [1e-37, 1e-20, 1e20, 1e37]) {
    it(`keeps the weights of differences of size ${size}, whose squares float32 cannot hold`, () => {
      const sizes = tf.tensor2d([[size], [1]]);
      const [b, c] = [sizes.mul([1, 0]), sizes.mul([0, 2])];

      const expected = [
        [0.8, 0.8],
        [0.2, 0.2],
      ];
      expectTensorsClose(convex([b, c]), expected, 1e-5);
    });
  }

  it('is all on the closest target where the others are out of all proportion', () => {
    const differences = [tf.tensor2d([[1e-20]]), tf.tensor2d([[1e20]]), tf.tensor2d([[1]])];

    expectTensorsClose(convex(differences), [[1], [0], [0]], 1e-6);
  });
});
