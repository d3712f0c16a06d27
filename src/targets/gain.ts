import * as tf from '@tensorflow/tfjs';
import {squaredNormOf} from '../influence/weigh';
import {quotient} from '../step/choose';
import {innerProducts} from '../step/per_example';
import {readsAtOnce} from '../step/reads_at_once';
import type {LayerRecord, TrainingStep} from '../step/training_step';
import {move} from './displacements';

/**
 * How much of its target a layer reaches if its input moves to the target passed down: of each example by
 * itself, or as some of them tell (`inversion.checked`).
 *
 * @param found d_{l−1}, from d_l.
 * @param reached f_l(h_{l−1} + d_{l−1}) − h_l; null only where some examples are enough.
 */
export function gain(
  step: TrainingStep,
  record: LayerRecord,
  found: tf.Tensor,
  reached: tf.Tensor | null,
): tf.Tensor1D {
  return checksSome(step, found.shape[0])
    ? gainOfMost(step, record, found)
    : gainOfEach(step, record, reached as tf.Tensor);
}

/**
 * The same of each example.
 *
 *     ρ_l = ⟨d_l, f_l(h_{l−1} + d_{l−1}) − h_l⟩ / ‖d_l‖², at least 0: `[batch]`
 *
 * @param reached f_l(h_{l−1} + d_{l−1}) − h_l.
 */
export function gainOfEach(
  step: TrainingStep,
  record: LayerRecord,
  reached: tf.Tensor,
): tf.Tensor1D {
  return tf.tidy(() => {
    const product = innerProducts(reached, record.difference as tf.Tensor);
    return quotient(product, squaredNormOf(step, record)).relu();
  });
}

/**
 * The same as far as some of the examples tell, which are as many neighbours as `inversion.checked`.
 *
 *     ρ_l = κ ‖d_{l−1}‖² / ‖d_l‖²,   κ = Σ_b ⟨d_l, f_l(h_{l−1} + d_{l−1}) − h_l⟩ / Σ_b ‖d_{l−1}‖²,
 *     at least 0: `[batch]`
 *
 * Exact to first order where a decoder is 1/κ times the transpose of the Jacobian, as much noise makes
 * them: then ⟨d_l, J d_{l−1}⟩ = κ ‖d_{l−1}‖² of every example. Of the neighbours with the largest
 * Σ_b ‖d_l‖²: others may want nothing at all.
 *
 * @param found d_{l−1}.
 */
export function gainOfMost(step: TrainingStep, record: LayerRecord, found: tf.Tensor): tf.Tensor1D {
  return tf.tidy(() => {
    const squaredNorm = squaredNormOf(step, record);
    const count = step.config.inversion.checked as number;
    const first = largest(squaredNorm, count);
    const some = <T extends tf.Tensor>(t: T): T => t.slice(first, count);
    const {layer, input, below} = record;
    const linked = below && {...below, preActivation: some(below.preActivation)};
    const reached = move({layer, input: some(input), below: linked}, some(found));
    const product = reached.mul(some(record.difference as tf.Tensor)).sum();
    const squaredChange = squaredNormOf(step, {difference: found});
    const perChange = quotient(product, some(squaredChange).sum()).relu();
    return quotient(squaredChange.mul(perChange), squaredNorm);
  });
}

/**
 * Whether it is enough to check some of the examples of a mini-batch, there are more, and which ones to check
 * can be read without waiting.
 */
export function checksSome({config}: TrainingStep, examples: number): boolean {
  const {safeguard, checked} = config.inversion;
  return !safeguard && checked !== null && checked < examples && readsAtOnce();
}

/** Where so many neighbours with the largest sum begin. */
function largest(values: tf.Tensor1D, count: number): number {
  const numbers = values.dataSync<'float32'>();
  let [best, most] = [0, Number.NEGATIVE_INFINITY];
  for (let start = 0; start < numbers.length; start += count) {
    const first = Math.min(start, numbers.length - count);
    const sum = numbers.subarray(first, first + count).reduce((sum, number) => sum + number, 0);
    if (sum > most) [best, most] = [first, sum];
  }
  return best;
}
