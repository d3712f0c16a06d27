import * as tf from '@tensorflow/tfjs';
import {minus, plus, zerosLike} from '../../src/tensors/zeros';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';

onEveryBackend('zeros that are known', () => {
  it('leave what they are added to, or taken from, as it is', () => {
    const a = tf.tensor1d([1, -2]);
    const zeros = zerosLike(a);

    expect(plus(a, zeros)).toBe(a);
    expect(plus(zeros, a)).toBe(a);
    expect(minus(a, zeros)).toBe(a);
  });

  it('count as zeros wherever else they stand', () => {
    const a = tf.tensor1d([1, -2]);

    expectTensorsClose(zerosLike(a), [0, 0], 0);
    expectTensorsClose(minus(zerosLike(a), a), [-1, 2], 0);
  });

  it('are no others: those of tfjs are summed', () => {
    const [a, b] = [tf.tensor1d([1, -2]), tf.tensor1d([0, 3])];

    expectTensorsClose(plus(a, b), [1, 1], 0);
    expectTensorsClose(minus(a, b), [1, -5], 0);
  });
});
