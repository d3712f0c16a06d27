import * as tf from '@tensorflow/tfjs';
import {tidyRecord} from '../step/tidy_record';
import type {Rows, UpdateOptions, WeightChange} from './index';
import {ridgeInverse} from './ridge';
import {transpose} from './transpose';

/**
 * The damped least-squares fit of all rows at once.
 *
 *     ΔW = Xᵀ (X Xᵀ + λI)⁻¹ D = (Xᵀ X + λI)⁻¹ Xᵀ D,   λ = damping · mean ‖x‖²
 *
 * with a column of ones in X where there is a bias, whose row of ΔW is Δb. This is the paper's
 * ∂h/∂θᵀ (∂h/∂θ ∂h/∂θᵀ)⁻¹ (τ − h) (Bengio 2020, §3, delta-dtp) read over the stacked batch: of one
 * row and λ = 0 it is `example`; the mean of single updates does not fit a batch. For λ → 0 and
 * linearly independent rows every target is hit. Of the two equal forms the one with the smaller
 * matrix is solved: rows × rows, or in × in.
 *
 * @throws RangeError if the Gram matrix is not finite.
 */
export function minibatch(rows: Rows, {damping}: UpdateOptions): WeightChange {
  return tidyRecord(() => {
    const [count, inputs] = rows.input.shape;
    return count <= inputs + 1 ? fromExamples(rows, damping) : fromFeatures(rows, damping);
  });
}

/** Xᵀ (X Xᵀ + λI)⁻¹ D; the column of ones adds 1 to every entry of X Xᵀ. */
function fromExamples({input, difference, useBias}: Rows, damping: number): WeightChange {
  const transposed = transpose(input);
  const product = input.matMul(transposed);
  const gram = useBias ? product.add(1) : product;
  const inverse = ridgeInverse(gram, damping, input.shape[0]);
  const coefficients = inverse.matMul(difference) as tf.Tensor2D;
  return {
    kernel: transposed.matMul(coefficients) as tf.Tensor2D,
    bias: useBias ? (coefficients.sum(0) as tf.Tensor1D) : null,
    moved: gram.matMul(coefficients) as tf.Tensor2D,
  };
}

/** (Xᵀ X + λI)⁻¹ Xᵀ D, the bias as the last input. */
function fromFeatures({input, difference, useBias}: Rows, damping: number): WeightChange {
  const [count, inputs] = input.shape;
  const augmented = useBias ? tf.concat2d([input, tf.ones([count, 1])], 1) : input;
  const transposed = transpose(augmented);
  const inverse = ridgeInverse(transposed.matMul(augmented), damping, count);
  const change = inverse.matMul(transposed.matMul(difference)) as tf.Tensor2D;
  const moved = augmented.matMul(change) as tf.Tensor2D;
  if (!useBias) return {kernel: change, bias: null, moved};
  const [kernel, bias] = tf.split(change, [inputs, 1]) as [tf.Tensor2D, tf.Tensor2D];
  return {kernel, bias: bias.as1D(), moved};
}
