import * as tf from '@tensorflow/tfjs';
import type {Activation} from './index';
import {logOnePlus, oneMinusExp, withSignOf} from './small_arguments';

/**
 * σ(h) = log(1 + e^h).
 *
 *     σ'(h) = sigmoid(h)
 *     σ(u) − σ(l) = −log(1 − f),   f = sigmoid(u) (1 − e^−(u−l)),   u ≥ l: h + e and h in order
 *
 * Where f is above ½ the difference is no small one, and a plain subtraction serves.
 */
export const softplus: Activation = {
  derivative: (h) => tf.sigmoid(h),
  difference: (h, _x, e) => {
    const moved = h.add(e);
    const fraction = tf.sigmoid(moved.maximum(h)).mul(oneMinusExp(e.abs()));
    const small = withSignOf(e, logOnePlus(fraction.neg()).neg());
    return tf.where(fraction.less(0.5), small, tf.softplus(moved).sub(tf.softplus(h)));
  },
};
