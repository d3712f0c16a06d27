import * as tf from '@tensorflow/tfjs';
import {isOutput, squaredNormOf} from '../influence/weigh';
import type {TrainingStep} from '../step/training_step';

/** Squared norms below it, 0 among them, have no ratios that mean anything. */
const SMALLEST = 1e-37;

/** Sums over examples from which a participation follows, before they are read. */
export interface ParticipationSums {
  /** Σ ‖d‖² / m, with m the largest ‖d‖². */
  sum: tf.Scalar;
  /** Σ ‖d‖⁴ / m². */
  ofSquares: tf.Scalar;
  /** B. */
  examples: number;
}

/**
 * How evenly the examples share what the outputs are to change by.
 *
 *     p = (Σ_b ‖d_b‖²)² / (B Σ_b ‖d_b‖⁴)
 *
 * 1 where all examples lack alike, n / B where n of them lack all there is: the participation ratio. Of
 * several outputs, the examples of each count.
 *
 * @param sum Σ ‖d‖², in any unit.
 * @param ofSquares Σ ‖d‖⁴, in the square of that unit.
 * @param examples B.
 * @returns p, in [1 / B, 1]; 1 where nothing is to change.
 */
export function participation(sum: number, ofSquares: number, examples: number): number {
  return ofSquares > 0 ? Math.min(1, sum ** 2 / (examples * ofSquares)) : 1;
}

/**
 * The sums for `participation`, over the outputs of a step; the tensors are the caller's.
 *
 * Relative to the largest ‖d‖², so that no fourth power leaves the range of float32. 0 where a step
 * has no output with a target, as where only stock layers on top are trained.
 */
export function participationSums(step: TrainingStep): ParticipationSums {
  const outputs = [...step.records, ...step.arms].filter(isOutput);
  return tf.tidy(() => {
    const norms = outputs.map((point) => squaredNormOf(step, point));
    // The 0 adds nothing, and is there where nothing else is.
    const all = tf.concat([tf.zeros([1]), ...norms]);
    const relative = all.div(all.max().maximum(SMALLEST));
    return {
      sum: relative.sum(),
      ofSquares: relative.square().sum(),
      examples: all.size - 1,
    } as unknown as tf.TensorContainer;
  }) as unknown as ParticipationSums;
}
