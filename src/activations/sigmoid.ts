import * as tf from '@tensorflow/tfjs';
import type {Activation} from './index';
import {exactSigmoid} from './small_arguments';

/**
 * σ(h) = 1 / (1 + e^−h).
 *
 *     σ'(h) = x (1 − x)
 */
export const sigmoid: Activation = {
  derivative: (_h, x) => x.mul(tf.sub(1, x)),
  difference: (h, _x, e) => sigmoidDifference(h, e),
};

/**
 * sigmoid(h + e) − sigmoid(h), to full relative precision from one tail to the other.
 *
 *     2 (sigmoid(e) − ½) (sigmoid(h + e) sigmoid(−h) + sigmoid(h) sigmoid(−h − e))
 *
 * as tanh a − tanh b = tanh(a − b) (1 − tanh a tanh b); all terms of the second sum are positive.
 */
export function sigmoidDifference(h: tf.Tensor, e: tf.Tensor): tf.Tensor {
  const moved = h.add(e);
  const up = tf.sigmoid(moved).mul(tf.sigmoid(h.neg()));
  const down = tf.sigmoid(h).mul(tf.sigmoid(moved.neg()));
  return exactSigmoid(e).mul(up.add(down)).mul(2);
}
