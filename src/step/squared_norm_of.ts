import type * as tf from '@tensorflow/tfjs';
import {squaredNorms} from '../tensors/per_example';
import type {TargetPoint, TrainingStep} from './training_step';

/** ‖d‖² of a point, `[batch]`, the step's; found once a step, as influences, merges and bounds all ask for it. */
export function squaredNormOf(
  step: TrainingStep,
  point: Pick<TargetPoint, 'difference'>,
): tf.Tensor1D {
  const difference = point.difference as tf.Tensor;
  const known = step.squaredNorms.get(difference);
  if (known !== undefined) return known;
  const found = step.own(squaredNorms(difference));
  step.squaredNorms.set(difference, found);
  return found;
}
