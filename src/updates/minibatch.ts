import * as tf from '@tensorflow/tfjs';
import {tidyRecord} from '../step/tidy_record';
import {sumOfRows, total} from '../step/total';
import {correlation, sampled} from './effect';
import type {InputRows, Rows, UpdateOptions, WeightChange} from './index';
import {ridgeInverse, ridgeSolution} from './ridge';
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
 * @throws NonFiniteError, which is a RangeError, if the Gram matrix is not finite.
 */
export function minibatch(
  rows: Rows<InputRows>,
  {damping, gramRows = null}: UpdateOptions,
): WeightChange {
  return tidyRecord(() => {
    const [count, inputs] = rows.input.shape;
    return count <= inputs + 1
      ? fromExamples(rows, damping)
      : fromFeatures(rows, damping, Math.min(gramRows ?? count, count));
  });
}

/** Xᵀ (X Xᵀ + λI)⁻¹ D; the column of ones adds 1 to every entry of X Xᵀ. */
function fromExamples(
  {input: rows, difference, useBias}: Rows<InputRows>,
  damping: number,
): WeightChange {
  const input = sampled(rows, rows.shape[0]);
  const transposed = transpose(input);
  const product = input.matMul(transposed);
  const gram = useBias ? product.add(1) : product;
  const {inverse, lambda} = ridgeInverse(gram, damping, input.shape[0]);
  const coefficients = inverse.matMul(difference) as tf.Tensor2D;
  // (K + λI) A = D, so that no product with K is needed.
  const moved = difference.sub(coefficients.mul(lambda)) as tf.Tensor2D;
  const bias = useBias ? sumOfRows(coefficients) : null;
  // ‖ΔW‖² = ⟨A, X Xᵀ A⟩ of the coefficients A: no pass over ΔW.
  const both = total(moved.mul(coefficients));
  const squaredMove = total(moved.square());
  return {
    kernel: {transposed, coefficients},
    bias,
    // ⟨D, K A⟩ = ‖K A‖² + λ ⟨A, K A⟩.
    progress: both.mul(lambda).add(squaredMove),
    squaredMove,
    squaredKernel: (bias === null ? both : both.sub(bias.square().sum())) as tf.Scalar,
  };
}

/** (Xᵀ X + λI)⁻¹ Xᵀ D, the bias as the last input; Xᵀ X from a sample of the rows. */
function fromFeatures(
  {input, difference, useBias}: Rows<InputRows>,
  damping: number,
  gramRows: number,
): WeightChange {
  const [count, inputs] = input.shape;
  const gram = gramOfFeatures(input, useBias, gramRows);
  const ofInputs = correlation(input, difference);
  const wanted = useBias
    ? tf.concat2d([ofInputs, sumOfRows(difference).expandDims<tf.Tensor2D>(0)], 0)
    : ofInputs;
  const change = ridgeSolution(gram, wanted, damping, count);
  const [kernel, last] = useBias ? (tf.split(change, [inputs, 1]) as tf.Tensor2D[]) : [change];
  return {
    kernel,
    bias: last?.as1D() ?? null,
    // ⟨D, X ΔW⟩ = ⟨Xᵀ D, ΔW⟩ and ‖X ΔW‖² = ⟨ΔW, Xᵀ X ΔW⟩: no product with all rows.
    progress: total(wanted.mul(change)),
    squaredMove: total(gram.matMul(change).mul(change)),
    squaredKernel: total(kernel.square()),
  };
}

/** Xᵀ X, with the bias as the last input, as a sample of the rows tells it of all. */
function gramOfFeatures(input: InputRows, useBias: boolean, gramRows: number): tf.Tensor2D {
  // Tidied, as the sample is the largest of all that a step has, and there is more to come.
  return tf.tidy(() => {
    const sample = sampled(input, gramRows);
    const [taken] = sample.shape;
    const augmented = useBias ? tf.concat2d([sample, tf.ones([taken, 1])], 1) : sample;
    const product = transpose(augmented).matMul(augmented) as tf.Tensor2D;
    return taken === input.shape[0] ? product : product.mul(input.shape[0] / taken);
  });
}
