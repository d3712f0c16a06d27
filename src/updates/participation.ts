import * as tf from '@tensorflow/tfjs';
import {isOutput, squaredNormOf} from '../influence/weigh';
import {sumsOf} from '../step/sums_of';
import type {TrainingStep} from '../step/training_step';

/** Squared norms below it, 0 among them, have no ratios that mean anything. */
const SMALLEST = 1e-37;

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
 * The `participation` in what the outputs of a step are to change by; one small read.
 *
 * 1 where a step has no output with a target, as where only stock layers on top are trained, and where
 * what is wanted is not finite.
 */
export function participationOf(step: TrainingStep): number {
  const outputs = [...step.records, ...step.arms].filter(isOutput);
  return tf.tidy(() => {
    const norms = outputs.map((point) => squaredNormOf(step, point));
    // The 0 adds nothing, and is there where nothing else is.
    const all = tf.concat([tf.zeros([1]), ...norms]);
    // Relative to the largest, so that no fourth power leaves the range of float32.
    const relative = all.div(all.max().maximum(SMALLEST));
    const [sum, ofSquares] = sumsOf([relative, relative.square()]);
    return participation(sum, ofSquares, all.size - 1);
  });
}
