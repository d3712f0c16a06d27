import * as tf from '@tensorflow/tfjs';
import type {Influence} from './index';

/**
 * All layers take an equal share, so that together they bring h_L to τ_L.
 *
 *     s_l = 1 / L                                                              (Bengio 2020, §8)
 *
 * L counts the calls of layers that move: a layer that is used twice counts twice.
 */
export const uniform: Influence = {
  scale: ({differenceScale, layers}) => tf.tidy(() => differenceScale().div(layers)),
};
