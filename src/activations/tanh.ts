import * as tf from '@tensorflow/tfjs';
import type {Activation} from './index';
import {sigmoidDifference} from './sigmoid';

/**
 * σ(h) = tanh h = 2 sigmoid(2h) − 1.
 *
 *     σ'(h) = 1 − x²
 *     σ(h + e) − σ(h) = 2 (sigmoid(2h + 2e) − sigmoid(2h))
 */
export const tanh: Activation = {
  derivative: (_h, x) => tf.sub(1, x.square()),
  difference: (h, _x, e) => sigmoidDifference(h.mul(2), e.mul(2)).mul(2),
};
