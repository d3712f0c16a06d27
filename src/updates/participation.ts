import * as tf from '@tensorflow/tfjs';
import {isOutput, squaredNormOf} from '../influence/weigh';
import type {TrainingStep} from '../step/training_step';

/**
 * How evenly the examples share what the outputs are to change by.
 *
 *     p = (Σ_b ‖d_b‖²)² / (B Σ_b ‖d_b‖⁴)
 *
 * 1 where all examples lack alike, n / B where n of them lack all there is: the participation ratio.
 *
 * @param squaredNorms ‖d_b‖² of B examples, in any unit.
 * @returns p, in [1 / B, 1]; 1 where nothing is to change, and where what is to change is not finite.
 */
export function participation(squaredNorms: ArrayLike<number>): number {
  let sum = 0;
  let ofSquares = 0;
  for (let b = 0; b < squaredNorms.length; b++) {
    sum += squaredNorms[b];
    ofSquares += squaredNorms[b] ** 2;
  }
  const ratio = sum ** 2 / (squaredNorms.length * ofSquares);
  return ratio < 1 ? ratio : 1;
}

/**
 * The participation in what the outputs of a step are to change by; one small read. Of several outputs,
 * the examples of each count; 1 where none has a target, as where only stock layers on top are trained.
 */
export function participationOf(step: TrainingStep): number {
  const outputs = [...step.records, ...step.arms].filter(isOutput);
  const squaredNorms = outputs.map((point) => squaredNormOf(step, point));
  if (squaredNorms.length < 2) return participation(squaredNorms[0]?.dataSync() ?? []);
  return tf.tidy(() => participation(tf.concat1d(squaredNorms).dataSync()));
}
