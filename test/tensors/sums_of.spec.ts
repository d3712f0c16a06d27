import * as tf from '@tensorflow/tfjs';
import {sumsOf} from '../../src/tensors/sums_of';
import {onEveryBackend} from '../support/backends';
import {tensorsLeftBy} from '../support/tensors_left';

const {NaN: NAN, POSITIVE_INFINITY, NEGATIVE_INFINITY} = Number;

onEveryBackend('sumsOf', () => {
  it('adds the entries of each tensor, whatever its shape', () => {
    expect(sumsOf([])).toEqual([]);
    expect(sumsOf([tf.scalar(1), tf.ones([2, 3]), tf.zeros([4, 1, 2])])).toEqual([1, 6, 0]);
  });

  for (const value of [NAN, POSITIVE_INFINITY, NEGATIVE_INFINITY]) {
    it(`is not finite for a tensor with an entry of ${value}, and for no other`, () => {
      const sums = sumsOf([tf.ones([5]), tf.tensor1d([1, value, 3]), tf.scalar(0)]);
      expect(sums.map((sum) => Number.isFinite(sum))).toEqual([true, false, true]);
    });
  }

  it('is not deceived by infinities of both signs', () => {
    expect(sumsOf([tf.tensor1d([POSITIVE_INFINITY, NEGATIVE_INFINITY])])[0]).toBeNaN();
  });

  it('leaves no tensor behind', () => {
    const tensors = [tf.ones([2]), tf.scalar(NAN)];
    expect(tensorsLeftBy(() => void sumsOf(tensors))).toBe(0);
  });
});
