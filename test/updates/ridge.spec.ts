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
      const ridge = ridgeInverse(tf.tensor2d(k), 0.3, ROWS);
      expectTensorsClose(ridge.inverse, inverse(damped), 1e-5);
      expect(ridge.lambda).toBeCloseTo((0.3 * trace(k)) / ROWS, 4);
    });
  }

  it('inverts K itself without damping', () => {
    const k = gram(sum(identity(5), scaled(randomMatrix(5, 5, 1), 0.2)));

    expectTensorsClose(ridgeInverse(tf.tensor2d(k), 0, ROWS).inverse, inverse(k), 1e-5);
  });

  it('scales inversely with K', () => {
    const k = gram(randomMatrix(4, 6, 1));
    const inverseOf = (factor: number) =>
      ridgeInverse(tf.tensor2d(scaled(k, factor)), 0.3, ROWS).inverse;

    expectTensorsClose(inverseOf(1e8).mul(1e8), inverseOf(1), 1e-6);
    expectTensorsClose(inverseOf(1e-8).mul(1e-8), inverseOf(1), 1e-6);
  });

  it('gives without damping the least-norm solution of a singular system', () => {
    // Two rows are the same: of all c with K c = K [1, 2, 3], the shortest shares evenly.
    const [a, b] = randomMatrix(2, 4, 1);
    const k = gram([a, b, b]);
    const wanted = tf.tensor2d(product(k, [[1], [2], [3]]));
    const solution = ridgeInverse(tf.tensor2d(k), 0, ROWS).inverse.matMul(wanted);

    // The inverse is some 2²⁴ / trace large, and rounded.
    expectTensorsClose(solution, [[1], [2.5], [2.5]], 0.05);
  });

  it('says how much K is damped, also where that is more than was asked for', () => {
    const [a, b] = randomMatrix(2, 4, 1);
    const matrices = {
      regular: gram([a, b]),
      singular: gram([a, b, b]),
      zero: scaled(identity(3), 0),
    };
    for (const [kind, k] of Object.entries(matrices)) {
      const {inverse: found, lambda} = ridgeInverse(tf.tensor2d(k), 0, ROWS);
      const damped = sum(k, scaled(identity(k.length), lambda));

      // Entries of a singular K weigh 2²⁴ / trace, and are rounded.
      const tolerance = kind === 'singular' ? 0.05 : 1e-5;
      expectTensorsClose(found.matMul(tf.tensor2d(damped)), identity(k.length), tolerance);
    }
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
