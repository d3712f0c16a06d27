import type * as tf from '@tensorflow/tfjs';
import type {TrainingStep} from '../step/training_step';

/**
 * The target difference that the tape carries as p.
 *
 *     d = −β B p
 *
 * At the output p is ∂L/∂h_L, with L a mean over B examples, hence the B.
 */
export function fromTape({config}: TrainingStep, p: tf.Tensor): tf.Tensor {
  return p.mul(-config.beta * p.shape[0]);
}

/** p = −d / (β B), see `fromTape`. */
export function toTape({config}: TrainingStep, difference: tf.Tensor): tf.Tensor {
  return difference.div(-config.beta * difference.shape[0]);
}
