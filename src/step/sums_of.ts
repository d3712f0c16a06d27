import * as tf from '@tensorflow/tfjs';

/**
 * The sums over all entries of some tensors, in one small read: NaN or infinite where an
 * entry is, or where the sum is too large for a float32.
 */
export function sumsOf(tensors: tf.Tensor[]): number[] {
  if (tensors.length === 0) return [];
  const sums = tf.tidy(() => tf.stack(tensors.map((tensor) => tensor.sum())).dataSync());
  return Array.from(sums);
}
