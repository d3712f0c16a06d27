import * as tf from '@tensorflow/tfjs';
import type {PairedLayer} from '../layers/paired_layer';
import {squaredNormOf} from '../step/squared_norm_of';
import type {LayerRecord, TrainingStep} from '../step/training_step';
import {quotient} from '../tensors/choose';
import {examplesAt} from '../tensors/examples_at';
import {innerProducts} from '../tensors/per_example';
import {readsAtOnce} from '../tensors/reads_at_once';
import {total} from '../tensors/total';

/**
 * How much of its own target a layer reaches, per unit of what it passes down: for each example, or one number
 * for all from those with the largest targets (`inversion.checked`).
 *
 *     κ_l = ⟨d_l, J_l d_{l−1}⟩ / ‖d_{l−1}‖²
 *
 * J is the Jacobian of f. With the safeguard, which computes f_l(h_{l−1} + d_{l−1}) anyway, that less h_l
 * stands for J_l d_{l−1}.
 *
 * @param wanted d_l.
 * @param found d_{l−1}, from d_l.
 * @param reached f_l(h_{l−1} + d_{l−1}) − h_l; null only without safeguard.
 * @returns `[batch]`, or a scalar for all examples; ≥ 0. The caller's to dispose.
 */
export function gain(
  step: TrainingStep,
  {layer, below}: LayerRecord,
  wanted: tf.Tensor,
  found: tf.Tensor,
  reached: tf.Tensor | null,
): tf.Tensor {
  const {safeguard, checked} = step.config.inversion;
  return tf.tidy(() => {
    if (safeguard) return gainOfEach(step, wanted, found, reached as tf.Tensor);
    const moved = below === null ? found : found.mul(below.slope());
    return checked === null || checked >= found.shape[0] || !readsAtOnce()
      ? gainOfEach(step, wanted, found, layer.encodeDifference(moved))
      : gainOfMost(step, layer, wanted, found, moved, checked);
  });
}

/** κ_l of each example, 0 where it passes nothing down: `[batch]`. */
function gainOfEach(
  step: TrainingStep,
  wanted: tf.Tensor,
  found: tf.Tensor,
  reached: tf.Tensor,
): tf.Tensor1D {
  const product = innerProducts(reached, wanted);
  return quotient(product, squaredNormOf(step, {difference: found})).relu();
}

/**
 * One κ_l for all examples, measured on some of them.
 *
 *     κ_l = Σ_b ⟨d_l, J_l d_{l−1}⟩ / Σ_b ‖d_{l−1}‖²
 *
 * Exact for every example where the decoder is 1/κ times the transpose of J, which much noise makes it nearly.
 * The sums are over the examples with the largest ‖d_l‖, as others may want no change at all.
 *
 * @param moved What x_l moves by to first order, so that J_l d_{l−1} is its product with the weights.
 */
function gainOfMost(
  step: TrainingStep,
  layer: PairedLayer,
  wanted: tf.Tensor,
  found: tf.Tensor,
  moved: tf.Tensor,
  count: number,
): tf.Scalar {
  const indices = largest(squaredNormOf(step, {difference: wanted}).dataSync(), count);
  const sizes = squaredNormOf(step, {difference: found}).dataSync();
  const sent = indices.reduce((sum, b) => sum + sizes[b], 0);
  if (sent === 0) return tf.scalar(0);
  const reached = layer.encodeDifference(examplesAt(moved, indices));
  return total(reached.mul(examplesAt(wanted, indices)))
    .div<tf.Scalar>(sent)
    .relu();
}

/** Where the largest so many values are, in their order. */
function largest(values: ArrayLike<number>, count: number): number[] {
  const indices = Array.from(values, (_, i) => i);
  return indices
    .sort((a, b) => values[b] - values[a])
    .slice(0, count)
    .sort((a, b) => a - b);
}
