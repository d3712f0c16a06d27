import * as tf from '@tensorflow/tfjs';
import {tidyRecord} from '../tensors/tidy_record';
import {sumOfRows, total} from '../tensors/total';
import {transpose} from '../tensors/transpose';
import {correlation, effect, movement, sampled} from './effect';
import type {InputRows, Rows, UpdateOptions, WeightChange} from './index';
import type {Penalty} from './penalty';
import {type RidgeTerms, ridgeInverse, ridgeSolution} from './ridge';

/**
 * The damped least-squares fit of all rows at once.
 *
 *     ΔW = Xᵀ (X Xᵀ + λI)⁻¹ D = (Xᵀ X + λI)⁻¹ Xᵀ D,   λ = damping · mean ‖x‖²
 *
 * with a column of ones in X where there is a bias, whose row of ΔW is Δb; λ is then at most
 * damping · (1 + 16 · variance of x) (see `ridgeInverse`). This is the paper's
 * ∂h/∂θᵀ (∂h/∂θ ∂h/∂θᵀ)⁻¹ (τ − h) (Bengio 2020, §3, delta-dtp) read over the stacked batch: of one
 * row and λ = 0 it is `example`; the mean of single updates does not fit a batch. For λ → 0 and
 * linearly independent rows every target is hit. Of the two equal forms the one with the smaller
 * matrix is solved: rows × rows, or in × in.
 *
 * Where regularisers R ask for something, too, it is the step of both at once,
 *
 *     ΔW = (Xᵀ X + λI)⁻¹ (Xᵀ D − G),   λ = damping · mean ‖x‖² + η B κ
 *
 * with G = η B ∂R/∂W and κ the curvature of R, of kernel and bias each by itself: weights rest where the sum
 * of loss and R is lowest.
 *
 * @throws NonFiniteError, which is a RangeError, if the Gram matrix is not finite.
 */
export function minibatch(
  rows: Rows<InputRows>,
  {damping, gramRows = null}: UpdateOptions,
): WeightChange {
  return tidyRecord(() => {
    const [count, inputs] = rows.input.shape;
    // `fromExamples` divides a penalty by λ, which without damping may be that of a bias alone.
    const isDivisible = rows.penalty == null || damping > 0;
    return count <= inputs + 1 && isDivisible
      ? fromExamples(rows, damping)
      : fromFeatures(rows, damping, Math.min(gramRows ?? count, count));
  });
}

/** Xᵀ (X Xᵀ + λI)⁻¹ D; the column of ones adds 1 to every entry of X Xᵀ. */
function fromExamples(
  {input: rows, difference, useBias, penalty = null}: Rows<InputRows>,
  damping: number,
): WeightChange {
  const input = sampled(rows, rows.shape[0]);
  const transposed = transpose(input);
  const product = input.matMul(transposed);
  const gram = useBias ? product.add(1) : product;
  const terms = termsOf('added', useBias, penalty);
  const {inverse, lambda, biasScale} = ridgeInverse(gram, damping, input.shape[0], terms);
  // (XᵀX + λI)⁻¹ (Xᵀ D − G) = Xᵀ A − G / λ  with  (K + λI) A = D + X G / λ.
  const asked = penalty && dividedBy(lambda, biasScale, penalty);
  const wanted = asked ? difference.add(effect(input, asked.kernel, asked.bias)) : difference;
  const coefficients = inverse.matMul(wanted) as tf.Tensor2D;
  // X ΔW = K A − X G / λ = D − λ A, so that no product with K is needed.
  const moved = difference.sub(coefficients.mul(lambda)) as tf.Tensor2D;
  const summed = useBias ? sumOfRows(coefficients) : null;
  const bias = biasScale === 1 ? summed : (summed?.mul<tf.Tensor1D>(biasScale) ?? null);
  if (asked === null) {
    // ‖ΔW‖² = ⟨A, X Xᵀ A⟩ of the coefficients A: no pass over ΔW.
    const both = total(moved.mul(coefficients));
    return {
      kernel: {transposed, coefficients},
      bias,
      ...movement(moved, difference),
      squaredKernel: (bias === null ? both : both.sub(bias.square().sum())) as tf.Scalar,
    };
  }
  const kernel = transposed.matMul(coefficients).sub<tf.Tensor2D>(asked.kernel);
  return {
    kernel,
    bias: bias && asked.bias && bias.sub<tf.Tensor1D>(asked.bias),
    ...movement(moved, difference),
    squaredKernel: total(kernel.square()),
  };
}

/** (Xᵀ X + λI)⁻¹ Xᵀ D, the bias as the last input; Xᵀ X from a sample of the rows. */
function fromFeatures(
  {input, difference, useBias, penalty = null}: Rows<InputRows>,
  damping: number,
  gramRows: number,
): WeightChange {
  const [count, inputs] = input.shape;
  const gram = gramOfFeatures(input, useBias, gramRows);
  const aimed = stacked(correlation(input, difference), useBias ? sumOfRows(difference) : null);
  const wanted = penalty ? aimed.sub<tf.Tensor2D>(stacked(penalty.kernel, penalty.bias)) : aimed;
  const change = ridgeSolution(gram, wanted, damping, count, termsOf('last', useBias, penalty));
  const [kernel, last] = useBias ? (tf.split(change, [inputs, 1]) as tf.Tensor2D[]) : [change];
  return {
    kernel,
    bias: last?.as1D() ?? null,
    // ⟨D, X ΔW⟩ = ⟨Xᵀ D, ΔW⟩ and ‖X ΔW‖² = ⟨ΔW, Xᵀ X ΔW⟩: no product with all rows.
    progress: sumOfRows(aimed.mul(change)),
    squaredMove: total(gram.matMul(change).mul(change)),
    squaredKernel: total(kernel.square()),
  };
}

/** What belongs to the bias, below what belongs to the kernel. */
function stacked(kernel: tf.Tensor2D, bias: tf.Tensor1D | null): tf.Tensor2D {
  return bias === null ? kernel : tf.concat2d([kernel, bias.expandDims<tf.Tensor2D>(0)], 0);
}

/** G / λ, of the bias by its own. */
function dividedBy(lambda: number, biasScale: number, {kernel, bias}: Penalty) {
  return {
    kernel: kernel.div<tf.Tensor2D>(lambda),
    bias: bias?.mul<tf.Tensor1D>(biasScale / lambda) ?? null,
  };
}

function termsOf(place: 'added' | 'last', useBias: boolean, penalty: Penalty | null): RidgeTerms {
  const bias = useBias ? {place, curvature: penalty?.biasCurvature ?? 0} : null;
  return {curvature: penalty?.curvature, bias};
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
