import * as tf from '@tensorflow/tfjs';
import {spreadRows} from '../tensors/spread_rows';
import {sumOfRows, total} from '../tensors/total';
import {transpose} from '../tensors/transpose';
import type {InputRows, WeightChange} from './index';

/** X ΔW + 1 Δb: what a change of the weights makes of the rows, `[rows, out]`. */
export function effect(
  input: tf.Tensor2D,
  kernel: tf.Tensor2D,
  bias: tf.Tensor1D | null,
): tf.Tensor2D {
  return tf.fused.matMul({a: input, b: kernel, ...(bias === null ? {} : {bias})}) as tf.Tensor2D;
}

/** How far rows move towards their targets, and at all, given what is made of them. */
export function movement(
  effect: tf.Tensor2D,
  difference: tf.Tensor2D,
): Pick<WeightChange, 'progress' | 'squaredMove'> {
  return {progress: sumOfRows(effect.mul(difference)), squaredMove: total(effect.square())};
}

/** Xᵀ D, `[in, out]`. */
export function correlation(input: InputRows, difference: tf.Tensor2D): tf.Tensor2D {
  return input instanceof tf.Tensor
    ? (transpose(input).matMul(difference) as tf.Tensor2D)
    : input.correlation(difference);
}

/** About `most` of the rows, written out, which stand for all; all of them as they are. */
export function sampled(input: InputRows, most: number): tf.Tensor2D {
  if (!(input instanceof tf.Tensor)) return input.sample(most);
  return most < input.shape[0] ? spreadRows(input, most) : input;
}
