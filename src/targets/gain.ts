import * as tf from '@tensorflow/tfjs';
import {quotient} from '../step/choose';
import {innerProducts, squaredNorms} from '../step/per_example';

/**
 * How much of its target a layer reaches if its input moves to the target passed down.
 *
 *     ρ_l = ⟨d_l, f_l(h_{l−1} + d_{l−1}) − h_l⟩ / ‖d_l‖², at least 0: `[batch]`
 */
export function gain(reached: tf.Tensor, target: tf.Tensor): tf.Tensor1D {
  return tf.tidy(() =>
    quotient(innerProducts(reached, target), squaredNorms(target)).relu(),
  ) as tf.Tensor1D;
}
