import type * as tf from '@tensorflow/tfjs';
import {outputPoints} from '../step/output_points';
import {squaredNormOf} from '../step/squared_norm_of';
import type {TargetPoint, TrainingStep} from '../step/training_step';
import type {Propagation} from '../targets/propagate';
import {sumsOf} from '../tensors/sums_of';
import {lossOfTargets} from './penalty';

/** 1 over the largest curvature of a logistic loss, that of a sigmoid: the whole Gauss–Newton step at its steepest. */
export const LOGISTIC_RATE = 4;

/**
 * Polyak's step size for the outputs of a network, from one mini-batch.
 *
 *     L / mean_b ‖∂L_b/∂h_L‖²
 *
 * A step of this size takes the loss to 0, to first order. The gradients of a mean over n entries of an
 * output are n times as short as those of the sum, and ask for a step n times as long.
 *                                             (Polyak 1987, Introduction to Optimization, ch. 5)
 *
 * L is the loss without the regularisers of paired layers.
 *
 * @returns At least `LOGISTIC_RATE`, as a float32; null where L tells nothing: not above 0, without a
 * gradient, or not finite.
 */
export function polyakRate(step: TrainingStep, {loss, gradients}: Propagation): number | null {
  const outputs = outputPoints(step);
  const [value, ...squares] = sumsOf([loss, ...outputs.map((at) => squaredNormOf(step, at))]);
  const examplesOf = ({difference}: TargetPoint) => (difference as tf.Tensor).shape[0];
  const mean = squares.reduce((sum, square, i) => sum + square / examplesOf(outputs[i]), 0);
  const rate = lossOfTargets(step, value, gradients) / (mean / step.config.beta ** 2);
  return rate > 0 && rate < Number.MAX_VALUE ? Math.fround(Math.max(LOGISTIC_RATE, rate)) : null;
}
