import * as tf from '@tensorflow/tfjs';
import {squaredNormOf} from '../influence/weigh';
import {quotient} from '../step/choose';
import {innerProducts} from '../step/per_example';
import type {LayerRecord, TrainingStep} from '../step/training_step';

/**
 * How much of its target a layer reaches if its input moves to the target passed down.
 *
 *     ρ_l = ⟨d_l, f_l(h_{l−1} + d_{l−1}) − h_l⟩ / ‖d_l‖², at least 0: `[batch]`
 */
export function gain(step: TrainingStep, record: LayerRecord, reached: tf.Tensor): tf.Tensor1D {
  return tf.tidy(() => {
    const product = innerProducts(reached, record.difference as tf.Tensor);
    return quotient(product, squaredNormOf(step, record)).relu();
  });
}
