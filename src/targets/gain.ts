import * as tf from '@tensorflow/tfjs';
import {squaredNormOf} from '../influence/weigh';
import {quotient} from '../step/choose';
import {innerProducts} from '../step/per_example';
import {readsAtOnce} from '../step/reads_at_once';
import {total} from '../step/total';
import type {LayerRecord, TrainingStep} from '../step/training_step';

/**
 * What a layer gets of its target for what it passes down: of each example by itself, or as some of them
 * tell (`inversion.checked`).
 *
 *     κ_l = ⟨d_l, f_l(h_{l−1} + d_{l−1}) − h_l⟩ / ‖d_{l−1}‖²
 *
 * @param found d_{l−1}, from d_l.
 * @param reached f_l(h_{l−1} + d_{l−1}) − h_l; null only where some examples are enough.
 * @returns `[batch]`, or a scalar for all examples; ≥ 0. The caller's to dispose.
 */
export function gain(
  step: TrainingStep,
  record: LayerRecord,
  found: tf.Tensor,
  reached: tf.Tensor | null,
): tf.Tensor {
  return checksSome(step, found.shape[0])
    ? gainOfMost(step, record, found)
    : gainOfEach(step, record, found, reached as tf.Tensor);
}

/** κ_l of each example, 0 where it passes nothing down: `[batch]`. */
function gainOfEach(
  step: TrainingStep,
  {difference}: LayerRecord,
  found: tf.Tensor,
  reached: tf.Tensor,
): tf.Tensor1D {
  return tf.tidy(() => {
    const product = innerProducts(reached, difference as tf.Tensor);
    return quotient(product, squaredNormOf(step, {difference: found})).relu();
  });
}

/**
 * One κ_l for all, from as many neighbours as `inversion.checked`, to first order.
 *
 *     κ_l = Σ_b ⟨d_l, J_l d_{l−1}⟩ / Σ_b ‖d_{l−1}‖²
 *
 * That of every example where a decoder is 1/κ times the transpose of the Jacobian J, as much noise makes
 * them. Of the neighbours with the largest Σ_b ‖d_l‖²: others may want nothing at all.
 */
function gainOfMost(step: TrainingStep, record: LayerRecord, found: tf.Tensor): tf.Scalar {
  return tf.tidy(() => {
    const count = step.config.inversion.checked as number;
    const first = largest(squaredNormOf(step, record), count);
    const some = <T extends tf.Tensor>(t: T): T => t.slice(first, count);
    const {layer, below, difference} = record;
    const change = below === null ? found : found.mul(below.slope());
    const reached = layer.encodeDifference(some(change));
    const product = total(reached.mul(some(difference as tf.Tensor)));
    const sent = some(squaredNormOf(step, {difference: found})).sum<tf.Scalar>();
    return quotient(product, sent).relu();
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
