import type * as tf from '@tensorflow/tfjs';
import type {TrainingStep} from '../step/training_step';

/**
 * The target difference that the tape carries as p.
 *
 *     d = −β B p
 *
 * At the output p is ∂L/∂h_L, with L a mean over B examples, hence the B.
 *
 * @returns The step's; over a direct link the very d that was sent.
 */
export function fromTape({config, sent, own}: TrainingStep, p: tf.Tensor): tf.Tensor {
  return sent.get(p) ?? own(p.mul(-config.beta * p.shape[0]));
}

/**
 * p = −d / (β B), see `fromTape`.
 *
 * @param difference d, the step's.
 * @param arrives Whether it arrives as it is at a paired layer, and nothing else does: then the tape may
 * carry d itself.
 */
export function toTape(
  {config, sent}: TrainingStep,
  difference: tf.Tensor,
  arrives = false,
): tf.Tensor {
  const p = arrives ? difference : difference.div(-config.beta * difference.shape[0]);
  sent.set(p, difference);
  return p;
}
