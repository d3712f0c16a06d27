import * as tf from '@tensorflow/tfjs';

/** X ΔW + 1 Δb: what a change of the weights makes of the rows, `[rows, out]`. */
export function effect(
  input: tf.Tensor2D,
  kernel: tf.Tensor2D,
  bias: tf.Tensor1D | null,
): tf.Tensor2D {
  return tf.fused.matMul({a: input, b: kernel, ...(bias === null ? {} : {bias})}) as tf.Tensor2D;
}
