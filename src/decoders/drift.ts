import * as tf from '@tensorflow/tfjs';
import type {Snapshot} from '../step/snapshot';
import type {TrainingStep} from '../step/training_step';
import {sumsOf} from '../tensors/sums_of';

/**
 * How far a step has moved kernels, whatever moved them, in one small read where that is not known.
 *
 *     ‖W' − W‖ / ‖W‖
 *
 * @param step Has the ‖W‖² that it has measured, and what it knows of moves.
 * @param before All variables as they were when the step began.
 * @returns For each kernel a number ≥ 0: 0 if it has stayed, ∞ if it was all zeros and has moved.
 */
export function relativeMoves(
  {kernelNorms, relativeMoves: known}: TrainingStep,
  kernels: tf.Variable[],
  before: Snapshot,
): number[] {
  const moved = kernels.filter(
    (kernel) => !known.has(kernel.dataId) && kernel.dataId !== before.valueOf(kernel).dataId,
  );
  const sums = tf.tidy(() =>
    sumsOf([
      ...moved.map((kernel) => kernel.sub(before.valueOf(kernel)).square()),
      ...moved.map((kernel) => kernelNorms.get(kernel) ?? before.valueOf(kernel).square()),
    ]),
  );
  const ratios = moved.map((_, i) => Math.sqrt(sums[i] / sums[moved.length + i]));
  return kernels.map((kernel) => known.get(kernel.dataId) ?? (ratios[moved.indexOf(kernel)] || 0));
}
