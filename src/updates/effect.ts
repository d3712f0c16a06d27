import * as tf from '@tensorflow/tfjs';
import type {InputRows} from './index';
import {transpose} from './transpose';

/** X ΔW + 1 Δb: what a change of the weights makes of the rows, `[rows, out]`. */
export function effect(
  input: InputRows,
  kernel: tf.Tensor2D,
  bias: tf.Tensor1D | null,
): tf.Tensor2D {
  if (input instanceof tf.Tensor) {
    return tf.fused.matMul({a: input, b: kernel, ...(bias === null ? {} : {bias})}) as tf.Tensor2D;
  }
  const product = input.product(kernel);
  return bias === null ? product : product.add(bias);
}

/** Xᵀ D, `[in, out]`. */
export function correlation(input: InputRows, difference: tf.Tensor2D): tf.Tensor2D {
  return input instanceof tf.Tensor
    ? (transpose(input).matMul(difference) as tf.Tensor2D)
    : input.correlation(difference);
}

/** About `most` of the rows, written out; those of the first examples where X itself is written out. */
export function sampled(input: InputRows, most: number): tf.Tensor2D {
  if (!(input instanceof tf.Tensor)) return input.sample(most);
  return most < input.shape[0] ? input.slice([0, 0], [most, -1]) : input;
}
