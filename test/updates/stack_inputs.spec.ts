import * as tf from '@tensorflow/tfjs';
import type {InputRows} from '../../src/updates/index';
import {stackInputs} from '../../src/updates/stack_inputs';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {randomMatrix} from '../support/float64';

/** Rows that are not written out, of which the first ones are the sample. */
function rowsOf(matrix: tf.Tensor2D): InputRows {
  return {
    shape: matrix.shape,
    correlation: (d) => matrix.transpose().matMul(d) as tf.Tensor2D,
    sample: (most) => matrix.slice(0, most),
  };
}

onEveryBackend('the inputs of several calls', () => {
  const [long, short] = [30, 10].map((rows, i) => randomMatrix(rows, 3, i + 1));

  it('are sampled in proportion to their rows, as many together as are asked for', () => {
    const [first, second] = [tf.tensor2d(long), tf.tensor2d(short)];
    const all = stackInputs([rowsOf(first), rowsOf(second)]) as Exclude<InputRows, tf.Tensor>;
    expect(all.shape).toEqual([40, 3]);
    expectTensorsClose(all.sample(8), [...long.slice(0, 6), ...short.slice(0, 2)], 1e-6);
  });

  it('have the correlation of all rows one below the other', () => {
    const [first, second] = [tf.tensor2d(long), tf.tensor2d(short)];
    const d = tf.tensor2d(randomMatrix(40, 2, 3));
    const expected = tf.concat([first, second]).transpose().matMul(d);
    for (const parts of [
      [rowsOf(first), second],
      [rowsOf(first), rowsOf(second)],
    ]) {
      const all = stackInputs(parts) as Exclude<InputRows, tf.Tensor>;
      expectTensorsClose(all.correlation(d), expected, 1e-5);
    }
  });
});
