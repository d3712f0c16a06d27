import * as tf from '@tensorflow/tfjs';
import {alias} from '../../src/tensors/alias';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';

onEveryBackend('an alias', () => {
  it('has the same data as a tensor, and outlives it', () => {
    const tensor = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const other = alias(tensor);
    expect(other.dataId).toBe(tensor.dataId);
    tensor.dispose();
    expectTensorsClose(other, [
      [1, 2],
      [3, 4],
    ]);
    other.dispose();
  });

  it('keeps what a variable was when that is assigned something else', () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const before = alias(variable as tf.Tensor1D);
    variable.assign(tf.tensor1d([5, 6]));

    expectTensorsClose(before, [1, 2]);
    tf.dispose([variable, before]);
  });
});
