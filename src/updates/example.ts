import * as tf from '@tensorflow/tfjs';
import {tidyRecord} from '../tensors/tidy_record';
import {sumOfRows, total} from '../tensors/total';
import {transpose} from '../tensors/transpose';
import {effect, movement, sampled} from './effect';
import type {InputRows, Rows, WeightChange} from './index';
import type {Penalty} from './penalty';

/**
 * The normalised delta rule, averaged over the rows.
 *
 *     ΔW = mean over rows of  x dᵀ / (‖x‖² + 1),   Δb = mean of  d / (‖x‖² + 1)
 *                                                                (Bengio 2020, §3, delta-dtp)
 *
 * The change of one row alone moves its x W + b by exactly d, with the smallest change of the
 * weights; the 1 is the bias's input and is absent without one. The paper's §9 divides by ‖x‖
 * instead of ‖x‖², which overshoots by ‖x‖. A row of zeros without a bias moves nothing.
 *
 * What regularisers ask for is shared among the rows: each takes (x dᵀ − G / rows) / (‖x‖² + 1), with
 * G = η B ∂R/∂W.
 */
export function example({
  input: rows,
  difference,
  useBias,
  penalty = null,
}: Rows<InputRows>): WeightChange {
  return tidyRecord(() => {
    const input = sampled(rows, rows.shape[0]);
    const squaredLength = input
      .square()
      .sum(1, true)
      .add(useBias ? 1 : 0);
    const share = tf.scalar(1).divNoNan(squaredLength.mul(input.shape[0]));
    const normalised = difference.mul(share) as tf.Tensor2D;
    const correlated = transpose(input).matMul(normalised) as tf.Tensor2D;
    const summed = useBias ? sumOfRows(normalised) : null;
    const [kernel, bias] =
      penalty === null ? [correlated, summed] : lessened(correlated, summed, penalty, share.mean());
    return {
      kernel,
      bias,
      ...movement(effect(input, kernel, bias), difference),
      squaredKernel: total(kernel.square()),
    };
  });
}

/** The changes of kernel and bias, each less a part of what regularisers ask for. */
function lessened(
  kernel: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  penalty: Penalty,
  part: tf.Tensor,
): [tf.Tensor2D, tf.Tensor1D | null] {
  const ofBias = bias && penalty.bias && bias.sub<tf.Tensor1D>(penalty.bias.mul(part));
  return [kernel.sub(penalty.kernel.mul(part)), ofBias];
}
