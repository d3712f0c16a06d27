import type * as tf from '@tensorflow/tfjs';

/** `[..., channels]` → `[rows, channels]`. */
export function channelRows(t: tf.Tensor): tf.Tensor2D {
  return t.reshape([-1, t.shape[t.rank - 1]]);
}

export function withBias(t: tf.Tensor, bias: tf.Tensor1D | null): tf.Tensor {
  return bias === null ? t : t.add(bias);
}
