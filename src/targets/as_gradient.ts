import * as tf from '@tensorflow/tfjs';
import {scaleExamples} from '../step/per_example';
import type {TargetPoint, TrainingStep} from '../step/training_step';

/**
 * Whether what points send down is to be as large as a gradient: where it passes trained weights of stock
 * layers, which take it for one, or meets what came another way. Only `measured` influence knows how large.
 */
export function goesAsGradient({config}: TrainingStep, points: TargetPoint[]): boolean {
  return config.influence === 'measured' && !points.every((point) => isAlone(point, points));
}

/** Whether the target of a point reaches next nothing but points that only these reach. */
function isAlone({origins}: TargetPoint, points: TargetPoint[]): boolean {
  return [...origins].every(
    (origin) =>
      !(origin instanceof tf.Variable) &&
      !origin.isLast &&
      origin.consumers.every((user) => points.includes(user)),
  );
}

/**
 * A difference as large as the gradient for which it stands, so that the influence of what lies below is 1.
 *
 *     s_{l−1} d_{l−1} ≈ −β ∂L_b/∂h_{l−1},   s_{l−1} = κ_l s_l                 (after Bengio 2020, §8)
 *
 * @param difference d_{l−1}.
 * @param influence s_{l−1}, `[batch]`.
 * @returns The caller's to dispose.
 */
export function asGradient(difference: tf.Tensor, influence: tf.Tensor1D): tf.Tensor {
  return scaleExamples(difference, influence);
}
