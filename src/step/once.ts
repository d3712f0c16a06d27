import type * as tf from '@tensorflow/tfjs';
import type {TrainingStep} from './training_step';

/**
 * What a layer made of a tensor earlier in the step, or makes of it now.
 *
 * tfjs calls a layer or a nested model once for each of its outputs that a model needs, and hands some the
 * result of one call, others that of another. Targets that come back would not meet.
 *
 * @param layer A paired layer, a part of one, or a branch.
 */
export function once(
  step: TrainingStep,
  layer: object,
  x: tf.Tensor,
  make: () => tf.Tensor[],
): tf.Tensor[] {
  const made = step.made.get(layer) ?? new Map<number, tf.Tensor[]>();
  step.made.set(layer, made);
  const known = made.get(x.id);
  // tfjs disposes early of what it tidies in a nested model.
  if (known?.every(({isDisposed}) => !isDisposed)) return known;
  const results = make();
  made.set(x.id, results);
  return results;
}
