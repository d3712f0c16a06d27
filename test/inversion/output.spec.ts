import * as tf from '@tensorflow/tfjs';
import type {AutoEncoder} from '../../src/inversion/index';
import {output} from '../../src/inversion/output';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {
  diagonal,
  identity,
  inverse,
  type Matrix,
  norm,
  product,
  randomMatrix,
  scaled,
  spectralRadius,
  sum,
} from '../support/float64';
import {iterated, linearPair, tanhPair, wellConditioned} from './pairs';

const WIDTH = 6;

onEveryBackend('output', () => {
  for (const c of [0.5, 1, 1.5, 3]) {
    it(`multiplies the error by 1 − c in every iteration, where g = c f⁻¹ for a linear f: c = ${c}`, () => {
      const a = wellConditioned(WIDTH, 1);
      const pair = linearPair(a, scaled(inverse(a), c));
      const solution = randomMatrix(2, WIDTH, 2);
      const target = tf.tensor2d(product(solution, a));

      for (let t = 0; t <= 5; t++) {
        // From g(τ) = c f⁻¹(τ), whose error is c − 1.
        const error = -((1 - c) ** (t + 1));
        const expected = scaled(solution, 1 + error);
        expectTensorsClose(iterated(output, pair, target, t, null), expected, 1e-5);
      }
    });
  }

  it('multiplies the error so from any other start, too', () => {
    const a = wellConditioned(WIDTH, 1);
    const pair = linearPair(a, scaled(inverse(a), 0.5));
    const [solution, from] = [randomMatrix(2, WIDTH, 2), randomMatrix(2, WIDTH, 3)];
    const target = tf.tensor2d(product(solution, a));
    const start = {x: tf.tensor2d(from), y: tf.tensor2d(product(from, a))};

    for (let t = 0; t <= 5; t++) {
      const expected = sum(scaled(solution, 1 - 0.5 ** t), scaled(from, 0.5 ** t));
      expectTensorsClose(iterated(output, pair, target, t, start), expected, 1e-5);
    }
  });

  it('converges to f⁻¹(τ) of a nonlinear f, at the spectral radius of J − I for the Jacobian J of g ∘ f', () => {
    const a = wellConditioned(WIDTH, 1);
    const g = sum(inverse(a), scaled(randomMatrix(WIDTH, WIDTH, 2), 0.1));
    const pair = tanhPair(a, g);
    const solution = scaled(randomMatrix(1, WIDTH, 3), 0.4);
    const image = product(solution, a)[0].map(Math.tanh);
    const jacobian = product(a, diagonal(image.map((y) => 1 - y * y)), g);
    const rate = spectralRadius(sum(jacobian, scaled(identity(WIDTH), -1)));

    const error = (iterations: number) => {
      const x = iterated(
        output,
        pair,
        tf.tensor2d([image]),
        iterations,
        null,
      ).arraySync() as Matrix;
      return norm(sum(x, scaled(solution, -1)));
    };
    // Late enough for one direction to dominate, early enough for float32.
    const [early, late] = [8, 14];
    const measured = (error(late) / error(early)) ** (1 / (late - early));
    expect(Math.abs(measured / rate - 1)).toBeLessThan(0.02);
    expect(error(60)).toBeLessThan(1e-5);
  });

  it('makes Lee’s difference target x + g(τ) − g(f(x)) in the first step from the activation', () => {
    const pair = tanhPair(randomMatrix(4, 3, 1), randomMatrix(3, 4, 2));
    const target = tf.tensor2d(randomMatrix(2, 3, 3));
    const x = tf.tensor2d(randomMatrix(2, 4, 4));
    const y = pair.encode(x);

    const lees = x.add(pair.decode(target)).sub(pair.decode(y));
    expectTensorsClose(iterated(output, pair, target, 1, {x, y}), lees, 1e-6);
  });

  it('stays exactly at x if the target is f(x), whatever the decoder', () => {
    const pair = tanhPair(randomMatrix(4, 3, 1), randomMatrix(3, 4, 2));
    const x = tf.tensor2d(randomMatrix(2, 4, 3));
    const y = pair.encode(x);

    for (const iterations of [1, 2, 5]) {
      expectTensorsClose(iterated(output, pair, y, iterations, {x, y}), x, 0);
    }
  });

  it('carries what g(y) would lose to rounding, where the decoder has its own difference', () => {
    const pair: AutoEncoder = {
      encode: (x) => x.clone(),
      decode: (y) => y.add(1000),
      decodeDifference: (_y, e) => e.clone(),
    };
    const [zero, target] = [tf.zeros([1, 2]), tf.fill([1, 2], 1e-6)];

    expectTensorsClose(iterated(output, pair, target, 1, {x: zero, y: zero}), target, 1e-6);
  });
});
