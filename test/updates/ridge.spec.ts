import * as tf from '@tensorflow/tfjs';
import {ridgeInverse} from '../../src/updates/ridge';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {
  identity,
  inverse,
  type Matrix,
  product,
  randomMatrix,
  scaled,
  sum,
  trace,
  transposed,
} from '../support/float64';
import {tensorsLeftBy} from '../support/tensors_left';

const ROWS = 9;

onEveryBackend('ridgeInverse', () => {
  for (const n of [1, 2, 7, 40]) {
    it(`inverts K + λI, λ = damping · trace(K) / rows: ${n} × ${n}`, () => {
      const k = gram(randomMatrix(n, n, n));
      const damped = sum(k, scaled(identity(n), (0.3 * trace(k)) / ROWS));

      // K itself is rounded to float32.
      expectTensorsClose(ridgeInverse(tf.tensor2d(k), 0.3, ROWS), inverse(damped), 1e-5);
    });
  }

  it('inverts K itself without damping', () => {
    const k = gram(sum(identity(5), scaled(randomMatrix(5, 5, 1), 0.2)));

    expectTensorsClose(ridgeInverse(tf.tensor2d(k), 0, ROWS), inverse(k), 1e-5);
  });

  it('scales inversely with K', () => {
    const k = gram(randomMatrix(4, 6, 1));
    const once = ridgeInverse(tf.tensor2d(k), 0.3, ROWS);

    expectTensorsClose(ridgeInverse(tf.tensor2d(scaled(k, 1e8)), 0.3, ROWS).mul(1e8), once, 1e-6);
    expectTensorsClose(ridgeInverse(tf.tensor2d(scaled(k, 1e-8)), 0.3, ROWS).mul(1e-8), once, 1e-6);
  });

  it('gives without damping the least-norm solution of a singular system', () => {
    // Two rows are the same: of all c with K c = K [1, 2, 3], the shortest shares evenly.
    const [a, b] = randomMatrix(2, 4, 1);
    const k = gram([a, b, b]);
    const solution = ridgeInverse(tf.tensor2d(k), 0, ROWS).matMul(
      tf.tensor2d(product(k, [[1], [2], [3]])),
    );

    // The inverse is some 2²⁴ / trace large, and rounded.
    expectTensorsClose(solution, [[1], [2.5], [2.5]], 0.05);
  });

  it('gives zero for K = 0', () => {
    expectTensorsClose(ridgeInverse(tf.zeros([3, 3]), 0.3, ROWS), tf.zeros([3, 3]));
  });

  for (const [what, place] of Object.entries({'on the diagonal': 4, 'off the diagonal': 3})) {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      it(`throws, and leaves no tensor behind, for ${value} ${what}`, () => {
        const entries = identity(3).flat();
        entries[place] = value;
        const k = tf.tensor2d(entries, [3, 3]);

        const attempt = () => ridgeInverse(k, 0.3, ROWS);
        expect(attempt).toThrowError(RangeError, /not finite/);
        expect(tensorsLeftBy(() => void expect(attempt).toThrow())).toBe(0);
      });
    }
  }

  it('leaves no tensor behind', () => {
    const k = tf.tensor2d(gram(randomMatrix(3, 4, 1)));

    expect(tensorsLeftBy(() => ridgeInverse(k, 0.3, ROWS))).toBe(0);
  });
});

/** X Xᵀ. */
function gram(x: Matrix): Matrix {
  return product(x, transposed(x));
}
