import type * as tf from '@tensorflow/tfjs';

/** The mean over all axes but the last: `[..., channels]` → `[channels]`. */
export function meanOverPlaces(t: tf.Tensor): tf.Tensor1D {
  return t.mean(t.shape.slice(1).map((_, axis) => axis));
}
