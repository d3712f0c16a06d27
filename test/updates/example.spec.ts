import * as tf from '@tensorflow/tfjs';
import {example} from '../../src/updates/example';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {inner, norm, product, randomMatrix, scaled, sum, transposed} from '../support/float64';
import {augmented, effect, made, penaltyFor, randomRows, reordered, rowsOf, stacked} from './rows';

const INPUTS = 5;
const OUTPUTS = 3;

onEveryBackend('example', () => {
  for (const useBias of [true, false]) {
    describe(useBias ? 'with a bias' : 'without a bias', () => {
      const single = () => randomRows(1, INPUTS, OUTPUTS, useBias);

      it('moves the output of a single row by exactly its difference', () => {
        const rows = single();

        expectTensorsClose(effect(rows, example(rows)), rows.difference, 1e-6);
      });

      it('makes of all changes that do so the smallest', () => {
        const rows = single();
        const x = augmented(rows);
        const change = stacked(example(rows)).arraySync();

        for (const seed of [5, 6, 7]) {
          const any = randomMatrix(x[0].length, OUTPUTS, seed);
          // Adding what is orthogonal to x leaves the effect as it is.
          const other = sum(change, sum(any, scaled(along(x, any), -1)));
          expectTensorsClose(tf.tensor2d(product(x, other)), rows.difference, 1e-6);
          expect(norm(other)).toBeGreaterThan(norm(change));
        }
      });

      it('changes nothing in the directions orthogonal to the row', () => {
        const rows = single();
        const change = stacked(example(rows));

        expectTensorsClose(change, along(augmented(rows), change.arraySync()), 1e-6);
      });

      it('takes of each row (x dᵀ − G / rows) / (‖x‖² + 1) where regularisers ask for G', () => {
        const penalty = penaltyFor(INPUTS, OUTPUTS, useBias);
        const rows = {...randomRows(4, INPUTS, OUTPUTS, useBias), penalty};
        const asked = stacked(penalty).arraySync();
        const d = rows.difference.arraySync();
        const each = augmented(rows).map((x, i) => {
          const gradient = sum(product(transposed([x]), [d[i]]), scaled(asked, -1 / 4));
          return tf.tensor2d(scaled(gradient, 1 / inner(x, x)));
        });

        expectTensorsClose(stacked(example(rows)), tf.addN(each).div(4), 1e-5);
      });

      it('makes of a batch the mean of the changes of its rows', () => {
        const rows = randomRows(4, INPUTS, OUTPUTS, useBias);
        const each = [0, 1, 2, 3].map((i) => stacked(example(reordered(rows, [i]))));

        expectTensorsClose(stacked(example(rows)), tf.addN(each).div(4), 1e-6);
      });
    });
  }

  it('shares the step between weights and bias as x and 1, over ‖x‖² + 1', () => {
    const [x, d] = [[[1, -2, 2]], [[3, 5]]];
    const {kernel, bias} = made(example(rowsOf(x, d, true)));

    expectTensorsClose(kernel, scaled(product(transposed(x), d), 1 / 10), 1e-6);
    expectTensorsClose(bias as tf.Tensor, [3 / 10, 5 / 10], 1e-6);
  });

  it('hits where the n = σ/‖σ‖ of the paper’s algorithm box overshoots ‖σ‖ times', () => {
    const [x, d] = [[[1, -2, 2]], [[3, 5]]];
    const rows = rowsOf(x, d, false);
    const kernel = tf.tensor2d(scaled(product(transposed(x), d), 1 / 3));
    const ofTheBox = {kernel, bias: null};

    expectTensorsClose(effect(rows, ofTheBox), scaled(d, 3), 1e-6);
    expectTensorsClose(effect(rows, example(rows)), d, 1e-6);
  });

  it('moves only the bias for a row of zeros', () => {
    const {kernel, bias} = made(example(rowsOf([[0, 0]], [[3, 5]], true)));

    expectTensorsClose(kernel, tf.zeros([2, 2]));
    expectTensorsClose(bias as tf.Tensor, [3, 5], 1e-6);
  });

  it('changes nothing for a row of zeros without a bias', () => {
    const {kernel, bias} = made(example(rowsOf([[0, 0]], [[3, 5]], false)));

    expectTensorsClose(kernel, tf.zeros([2, 2]));
    expect(bias).toBeNull();
  });
});

/** The part of A, `[in, out]`, that a row x sees: xᵀ (x A) / ‖x‖². */
function along(x: number[][], a: number[][]): number[][] {
  return scaled(product(transposed(x), x, a), 1 / inner(x[0], x[0]));
}
