import * as tf from '@tensorflow/tfjs';
import {example} from '../../src/updates/example';
import type {Rows} from '../../src/updates/index';
import {minibatch} from '../../src/updates/minibatch';
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
  sum,
  transposed,
} from '../support/float64';
import {tensorsLeftBy} from '../support/tensors_left';
import {augmented, effect, made, penaltyFor, randomRows, reordered, rowsOf, stacked} from './rows';

const INPUTS = 6;
const OUTPUTS = 3;

/** From one row to many more than there are inputs, past the point where the smaller matrix changes. */
const COUNTS = [1, 4, INPUTS, INPUTS + 1, INPUTS + 2, 30];

onEveryBackend('minibatch', () => {
  for (const useBias of [true, false]) {
    describe(useBias ? 'with a bias' : 'without a bias', () => {
      const random = (count: number) => randomRows(count, INPUTS, OUTPUTS, useBias);

      for (const count of COUNTS) {
        it(`solves (XᵀX + λI) ΔW = Xᵀ D, as Xᵀ (XXᵀ + λI)⁻¹ D does: ${count} rows`, () => {
          const rows = random(count);
          const change = stacked(minibatch(rows, {damping: 0.3}));

          expectTensorsClose(change, fromFeatures(rows, 0.3), 1e-5);
          expectTensorsClose(change, fromExamples(rows, 0.3), 1e-5);
        });
      }

      for (const count of COUNTS) {
        it(`solves (XᵀX + Λ) ΔW = Xᵀ D − G where regularisers ask for G, with a λ of each: ${count} rows`, () => {
          const penalty = penaltyFor(INPUTS, OUTPUTS, useBias);
          const rows = {...random(count), penalty};
          const x = augmented(rows);
          const lambdas = x[0].map(
            (_, i) => lambda(x, 0.3) + (i < INPUTS ? penalty.curvature : penalty.biasCurvature),
          );
          const gram = sum(product(transposed(x), x), diagonal(lambdas));
          const aimed = product(transposed(x), rows.difference.arraySync());
          const asked = stacked(penalty).arraySync();

          const expected = product(inverse(gram), sum(aimed, scaled(asked, -1)));
          expectTensorsClose(stacked(minibatch(rows, {damping: 0.3})), expected, 1e-5);
        });
      }

      it('hits every target as the damping goes to 0, if there are no more rows than inputs', () => {
        const rows = random(4);

        expectTensorsClose(effect(rows, minibatch(rows, {damping: 1e-5})), rows.difference, 1e-3);
        expectTensorsClose(effect(rows, minibatch(rows, {damping: 0})), rows.difference, 1e-4);
      });

      it('damps by no more than 1 + 16 times the variance, beside which a bias has what rows share', () => {
        for (const count of [4, 30]) {
          const spread = scaled(randomMatrix(count, INPUTS, 5), 0.1);
          const x = spread.map((row) => row.map((entry, i) => entry + 3 + i));
          const rows = rowsOf(x, randomMatrix(count, OUTPUTS, 2), useBias);
          const mean = product([Array(count).fill(1 / count)], x)[0];
          const deviations = x.map((row) => row.map((entry, i) => entry - mean[i]));
          const most = 1 + (16 * norm(deviations) ** 2) / (count - 1);
          const all = augmented(rows);
          const own = useBias ? 0.3 * most : lambda(all, 0.3);
          expect(lambda(all, 0.3)).toBeGreaterThan(0.3 * most);
          const gram = sum(product(transposed(all), all), scaled(identity(all[0].length), own));
          const expected = product(inverse(gram), transposed(all), rows.difference.arraySync());
          expectTensorsClose(stacked(minibatch(rows, {damping: 0.3})), expected, 1e-3);
        }
      });

      it('damps a bias at least a sixteenth as much as weights that have regularisers', () => {
        for (const count of [4, 30]) {
          const penalty = {...penaltyFor(INPUTS, OUTPUTS, useBias), biasCurvature: 0};
          const rows = {...random(count), penalty};
          const x = augmented(rows);
          const {curvature} = penalty;
          const lambdas = x[0].map((_, i) => (i < INPUTS ? curvature : curvature / 16));
          const gram = sum(product(transposed(x), x), diagonal(lambdas));
          const aimed = product(transposed(x), rows.difference.arraySync());
          const asked = stacked(penalty).arraySync();
          const expected = product(inverse(gram), sum(aimed, scaled(asked, -1)));
          expectTensorsClose(stacked(minibatch(rows, {damping: 0})), expected, 1e-4);
        }
      });

      it('is the example rule for one row and no damping', () => {
        const rows = random(1);

        expectTensorsClose(stacked(minibatch(rows, {damping: 0})), stacked(example(rows)), 1e-6);
      });

      it('takes a row that occurs twice, undamped, as if it occurred once', () => {
        const rows = random(3);
        const once = stacked(minibatch(rows, {damping: 0}));
        const twice = stacked(minibatch(reordered(rows, [0, 1, 2, 1]), {damping: 0}));

        // The inverse of the singular matrix is large, and so is its rounding.
        expectTensorsClose(twice, once, 1e-2);
      });

      for (const count of [2, 30]) {
        it(`throws, and leaves no tensor behind, for an input of NaN: ${count} rows`, () => {
          const rows = {
            ...random(count),
            input: tf.fill([count, INPUTS], Number.NaN) as tf.Tensor2D,
          };

          const attempt = () => minibatch(rows, {damping: 0.3});
          expect(attempt).toThrowError(RangeError, /not finite/);
          expect(tensorsLeftBy(() => void expect(attempt).toThrow())).toBe(0);
        });
      }
    });
  }

  for (const [count, size] of [
    [4, 4],
    [30, INPUTS + 1],
  ]) {
    it(`solves with the smaller of the two matrices: ${size} × ${size} for ${count} rows`, () => {
      const rows = randomRows(count, INPUTS, OUTPUTS, true);
      const read = spyOn(tf.Tensor.prototype, 'dataSync').and.callThrough();

      minibatch(rows, {damping: 0.3});
      const shapes = read.calls.all().map(({object}) => (object as unknown as tf.Tensor).shape);
      expect(shapes).toEqual([[size, size]]);
    });
  }

  for (const {count, rank, inputs} of [
    {count: 64, rank: 2, inputs: 784},
    {count: 128, rank: 20, inputs: 20},
  ]) {
    it(`fits undamped what rows in few directions can reach: ${count} rows, rank ${rank}, ${inputs} inputs`, () => {
      const uniform = (rows: number, columns: number, seed: number) =>
        tf.randomUniform([rows, columns], 0, 1, 'float32', seed) as tf.Tensor2D;
      const input = uniform(count, rank, 1).matMul(uniform(rank, inputs, 2)) as tf.Tensor2D;
      const difference = input.matMul(tf.tensor2d(randomMatrix(inputs, OUTPUTS, 3))) as tf.Tensor2D;
      const rows = {input, difference, useBias: false};

      expectTensorsClose(effect(rows, minibatch(rows, {damping: 0})), difference, 2e-2);
    });
  }

  it('takes a regulariser of the bias alone where nothing is damped, from few rows and from many', () => {
    const zeros = scaled(randomMatrix(INPUTS, OUTPUTS, 3), 0);
    const [gradient] = randomMatrix(1, OUTPUTS, 4);
    const penalty = {
      kernel: tf.tensor2d(zeros),
      bias: tf.tensor1d(gradient),
      curvature: 0,
      biasCurvature: 7,
    };
    for (const count of COUNTS.filter((rows) => rows >= 4)) {
      const rows = {...randomRows(count, INPUTS, OUTPUTS, true), penalty};
      const change = minibatch(rows, {damping: 0});
      // What rests: each weight where what it corrects and what it is asked for are the same.
      const left = rows.difference.sub(effect(rows, change));
      const ofKernel = rows.input.transpose().matMul(left);
      expect(ofKernel.abs().max().dataSync()[0]).toBeLessThan(1e-2);
      const ofBias = left.sum(0).sub(gradient);
      expectTensorsClose(ofBias, (change.bias as tf.Tensor).mul(7), 1e-2);
    }
  });

  it('changes nothing for rows of zeros without a bias', () => {
    const rows = rowsOf(
      [
        [0, 0],
        [0, 0],
      ],
      [[3], [5]],
      false,
    );

    expectTensorsClose(made(minibatch(rows, {damping: 0.3})).kernel, tf.zeros([2, 1]));
  });
});

/** (XᵀX + λI)⁻¹ Xᵀ D. */
function fromFeatures(rows: Rows, damping: number): Matrix {
  const x = augmented(rows);
  const gram = sum(product(transposed(x), x), scaled(identity(x[0].length), lambda(x, damping)));
  return product(inverse(gram), transposed(x), rows.difference.arraySync());
}

/** Xᵀ (XXᵀ + λI)⁻¹ D. */
function fromExamples(rows: Rows, damping: number): Matrix {
  const x = augmented(rows);
  const gram = sum(product(x, transposed(x)), scaled(identity(x.length), lambda(x, damping)));
  return product(transposed(x), inverse(gram), rows.difference.arraySync());
}

/** λ = damping · mean ‖x‖². */
function lambda(x: Matrix, damping: number): number {
  return (damping * norm(x) ** 2) / x.length;
}
