import * as tf from '@tensorflow/tfjs';
import {ridgeInverse, ridgeSolution} from '../../src/updates/ridge';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {
  diagonal,
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

  for (const damping of [0.3, 0.06, 1e-3]) {
    it(`inverts a large one just as well, of rows that are all much alike: damping ${damping}`, () => {
      const rows = 101;
      const k = gram(randomMatrix(rows, 3, 1));
      const damped = sum(k, scaled(identity(rows), (damping * trace(k)) / rows));
      const {inverse: found} = ridgeInverse(tf.tensor2d(k), damping, rows);

      const exact = tf.tensor2d(inverse(damped));
      expect(distance(found, exact)).toBeLessThan(1e-3 * distance(exact, tf.zeros(exact.shape)));
    });
  }

  it('borrows K, whatever its size', () => {
    for (const n of [3, 101]) {
      const k = tf.tensor2d(gram(randomMatrix(n, n, 1)));
      const before = k.dataSync().slice();
      ridgeInverse(k, 0.3, n);
      expect(k.dataSync()).toEqual(before);
    }
  });

  it('damps by what was asked for at any scale, of an odd size, too', () => {
    for (const scale of [1e-6, 1, 1e6]) {
      const {lambda} = ridgeInverse(tf.tensor2d(scaled(identity(3), scale)), 1, 3);
      expect(lambda / scale).toBeCloseTo(1, 6);
    }
  });

  it('takes for 0 what is 64 roundings of the trace or less', () => {
    for (const ones of [[1], [1, 1]]) {
      const lambdaOf = (last: number) =>
        ridgeInverse(tf.tensor2d(diagonal([...ones, last])), 0, 3).lambda;
      const rounding = 64 * 2 ** -24 * ones.length;
      expect(lambdaOf(1e-7) / rounding).toBeCloseTo(1, 6);
      expect(lambdaOf(2 * rounding)).toBe(0);
    }
  });

  for (const [half, at] of Object.entries({first: 10, second: 140})) {
    it(`throws, and leaves no tensor behind, for a large one that is not positive in its ${half} half`, () => {
      const k = tf.tensor2d(diagonal(Array.from({length: 150}, (_, i) => (i === at ? -5 : 1))));

      const attempt = () => ridgeInverse(k, 0.3, 150);
      expect(attempt).toThrowError(RangeError, /not positive/);
      expect(tensorsLeftBy(() => void expect(attempt).toThrow())).toBe(0);
    });
  }

  it('inverts a large singular one as without damping, to the least-norm solution', () => {
    const rows = randomMatrix(40, 50, 1);
    const k = gram([...rows, ...rows]);
    const {inverse: found, lambda} = ridgeInverse(tf.tensor2d(k), 1e-9, 80);

    expect(lambda).toBeGreaterThan(1e-9 * trace(k));
    const wanted = tf.tensor2d(product(k, randomMatrix(80, 1, 2)));
    const solution = found.matMul(wanted);
    const [one, other] = tf.split(solution, 2);
    expectTensorsClose(tf.tensor2d(k).matMul(solution), wanted, 1e-2);
    expectTensorsClose(one, other, 1e-2);
  });

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

  for (const [what, column] of Object.entries({'on the diagonal': 1, 'off the diagonal': 0})) {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      it(`throws, and leaves no tensor behind, for ${value} ${what}`, () => {
        for (const n of [3, 80]) {
          const entries = identity(n).flat();
          entries[n + column] = value;
          const k = tf.tensor2d(entries, [n, n]);

          const attempt = () => ridgeInverse(k, 0.3, ROWS);
          expect(attempt).toThrowError(RangeError, /not finite/);
          expect(tensorsLeftBy(() => void expect(attempt).toThrow())).toBe(0);
        }
      });
    }
  }

  it('leaves no tensor behind', () => {
    for (const n of [3, 80]) {
      const k = tf.tensor2d(gram(randomMatrix(n, 4, 1)));

      expect(tensorsLeftBy(() => ridgeInverse(k, 0.3, n))).toBe(0);
    }
  });
});

onEveryBackend('ridgeSolution', () => {
  // Of few and of many columns, of a small and a large matrix, damped little and well.
  for (const n of [1, 7, 40, 131]) {
    for (const columns of [1, 2, 13, 60]) {
      for (const damping of [0.001, 0.3]) {
        it(`is (K + λI)⁻¹ R: ${n} × ${n}, ${columns} columns, damping ${damping}`, () => {
          const k = gram(randomMatrix(n, 2 * n, n));
          const damped = sum(k, scaled(identity(n), (damping * trace(k)) / ROWS));
          const right = randomMatrix(n, columns, 2);

          const solve = () => ridgeSolution(tf.tensor2d(k), tf.tensor2d(right), damping, ROWS);
          expectTensorsClose(solve(), product(inverse(damped), right), 1e-4);
        });
      }
    }
  }

  it('is the least-norm solution of a singular system, on every way to it', () => {
    const [a, b] = randomMatrix(2, 8, 1);
    const k = gram([a, b, b, a]);
    for (const columns of [1, 4]) {
      const exact = [[1], [2], [3], [5]].map(([value]) => Array(columns).fill(value));
      const right = tf.tensor2d(product(k, exact));
      const shared = [[3], [2.5], [2.5], [3]].map(([value]) => Array(columns).fill(value));
      expectTensorsClose(ridgeSolution(tf.tensor2d(k), right, 0, ROWS), shared, 0.05);
    }
  });

  it('throws, and leaves no tensor behind, for a matrix that is not finite', () => {
    const k = tf.tensor2d([1, Number.NaN, Number.NaN, 1], [2, 2]);
    for (const columns of [1, 9]) {
      const right = tf.ones<tf.Rank.R2>([2, columns]);
      const attempt = () => ridgeSolution(k, right, 0.3, ROWS);
      expect(tensorsLeftBy(() => void expect(attempt).toThrowError(RangeError))).toBe(0);
    }
  });

  it('leaves no tensor behind', () => {
    for (const [n, columns] of [
      [8, 1],
      [8, 8],
      [130, 2],
      [130, 99],
    ]) {
      const k = tf.tensor2d(gram(randomMatrix(n, 4, 1)));
      const right = tf.ones<tf.Rank.R2>([n, columns]);
      for (const damping of [1e-3, 0.3]) {
        expect(tensorsLeftBy(() => ridgeSolution(k, right, damping, n))).toBe(0);
      }
    }
  });
});

/** ‖a − b‖. */
function distance(a: tf.Tensor, b: tf.Tensor): number {
  return a.sub(b).norm().dataSync()[0];
}

/** X Xᵀ. */
function gram(x: Matrix): Matrix {
  return product(x, transposed(x));
}
