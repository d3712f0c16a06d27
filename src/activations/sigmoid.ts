import * as tf from '@tensorflow/tfjs';
import type {Activation} from './index';
import {oneMinusExp, withSignOf} from './small_arguments';

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
 *     ± sigmoid(u) sigmoid(−l) (1 − e^−(u−l)),   u, l the larger and the smaller of h + e and h
 */
export function sigmoidDifference(h: tf.Tensor, e: tf.Tensor): tf.Tensor {
  const moved = h.add(e);
  const size = tf
    .sigmoid(moved.maximum(h))
    .mul(tf.sigmoid(moved.minimum(h).neg()))
    .mul(oneMinusExp(e.abs()));
  return withSignOf(e, size);
}
