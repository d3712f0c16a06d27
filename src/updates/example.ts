import type * as tf from '@tensorflow/tfjs';
import {tidyRecord} from '../step/tidy_record';
import {sumOfRows, total} from '../step/total';
import {effect, measured, sampled} from './effect';
import type {InputRows, Rows, WeightChange} from './index';
import {transpose} from './transpose';

/**
 * The normalised delta rule, averaged over the rows.
 *
 *     ΔW = mean over rows of  x dᵀ / (‖x‖² + 1),   Δb = mean of  d / (‖x‖² + 1)
 *                                                                (Bengio 2020, §3, delta-dtp)
 *
 * The change of one row alone moves its x W + b by exactly d, with the smallest change of the
 * weights; the 1 is the bias's input and is absent without one. The paper's §9 divides by ‖x‖
 * instead of ‖x‖², which overshoots by ‖x‖. A row of zeros without a bias moves nothing.
 */
export function example({input: rows, difference, useBias}: Rows<InputRows>): WeightChange {
  return tidyRecord(() => {
    const input = sampled(rows, rows.shape[0]);
    const squaredLength = input
      .square()
      .sum(1, true)
      .add(useBias ? 1 : 0);
    const normalised = difference.divNoNan(squaredLength.mul(input.shape[0])) as tf.Tensor2D;
    const kernel = transpose(input).matMul(normalised) as tf.Tensor2D;
    const bias = useBias ? sumOfRows(normalised) : null;
    return {
      kernel,
      bias,
      ...measured(effect(input, kernel, bias), difference),
      squaredKernel: total(kernel.square()),
    };
  });
}
