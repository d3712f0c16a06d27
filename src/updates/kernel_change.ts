import * as tf from '@tensorflow/tfjs';
import {alias} from '../tensors/alias';
import type {WeightChange} from './index';

/**
 * A part of the change of a kernel.
 *
 *     part · ΔW,   of factors Xᵀ (part · A)
 *
 * A factor is scaled in place of the product, which is as large as the kernel.
 *
 * @param kernel ΔW or its factors, of a `WeightChange`; borrowed.
 * @param part Of the change, ≥ 0. Default 1.
 * @returns `[in, out]`; the caller's to dispose.
 */
export function kernelChange(kernel: WeightChange['kernel'], part = 1): tf.Tensor2D {
  if (kernel instanceof tf.Tensor) return scaled(kernel, part);
  const {transposed, coefficients} = kernel;
  return tf.tidy(() => transposed.matMul(scaled(coefficients, part)) as tf.Tensor2D);
}

function scaled(tensor: tf.Tensor2D, part: number): tf.Tensor2D {
  return part === 1 ? alias(tensor) : tensor.mul(part);
}
