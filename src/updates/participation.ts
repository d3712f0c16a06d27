import * as tf from '@tensorflow/tfjs';
import {outputPoints} from '../step/output_points';
import {squaredNormOf} from '../step/squared_norm_of';
import type {TrainingStep} from '../step/training_step';

/**
 * How evenly the error, what the outputs are to change by, is spread over the examples.
 *
 *     p = (Σ_b ‖d_b‖²)² / (B Σ_b n_b / (n_b + 2) ‖d_b‖⁴),   at most 1
 *
 * The participation ratio, relative to n / (n + 2), which is that of normally distributed errors: 1 where all
 * examples have errors of one size, or of sizes that differ as those of normal errors do; (1 + 2 / n) m / B
 * where m of them share the whole error evenly and the others have none.
 *
 * @param squaredNorms ‖d_b‖² of B examples, in any unit.
 * @param entries n_b, how many entries a d_b has.
 * @returns p, in [1 / B, 1]; 1 where nothing is to change, and where what is to change is not finite.
 */
export function participation(squaredNorms: ArrayLike<number>, entries: ArrayLike<number>): number {
  let sum = 0;
  let ofSquares = 0;
  for (let b = 0; b < squaredNorms.length; b++) {
    sum += squaredNorms[b];
    ofSquares += (entries[b] / (entries[b] + 2)) * squaredNorms[b] ** 2;
  }
  const ratio = sum ** 2 / (squaredNorms.length * ofSquares);
  return ratio < 1 ? ratio : 1;
}

/**
 * The participation in what the outputs of a step are to change by; one small read. Of several outputs,
 * the examples of each count; 1 where none has a target, as where only stock layers on top are trained.
 */
export function participationOf(step: TrainingStep): number {
  const outputs = outputPoints(step);
  if (outputs.length === 0) return 1;
  const norms = outputs.map((point) => squaredNormOf(step, point));
  const entries = outputs.flatMap(({difference}, i) => {
    const {size} = norms[i];
    return Array<number>(size).fill((difference as tf.Tensor).size / size);
  });
  return tf.tidy(() =>
    participation((norms.length === 1 ? norms[0] : tf.concat1d(norms)).dataSync(), entries),
  );
}
