import * as tf from '@tensorflow/tfjs';
import {tensorsLeftBy} from './tensors_left';

describe('tensorsLeftBy', () => {
  it('is 0 if all that is left is the result, which it disposes', () => {
    expect(tensorsLeftBy(() => ({kernel: tf.scalar(1), bias: null}))).toBe(0);
    expect(tensorsLeftBy(() => undefined)).toBe(0);
  });

  it('counts tensors that nobody disposes', () => {
    expect(tensorsLeftBy(() => tf.scalar(1).neg())).toBe(1);
  });

  it('is below 0 if a lent tensor is returned or disposed', () => {
    const lent = tf.scalar(1);

    expect(tensorsLeftBy(() => lent)).toBe(-1);
  });
});
