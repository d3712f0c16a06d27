import * as tf from '@tensorflow/tfjs';

/**
 * Some examples of a tensor, in the order asked for: `[batch, ...]` → `[indices, ...]`.
 *
 * As sums over segments of one example each. On wasm a slice takes the whole tensor through JavaScript, and
 * a gather thirty times as long. Only for backends in memory: others have no such sum that is as quick.
 */
export function examplesAt<T extends tf.Tensor>(tensor: T, indices: number[]): T {
  return tf.tidy(() => {
    const segments = tf.range(0, indices.length, 1, 'int32') as tf.Tensor1D;
    const chosen = tf.tensor1d(indices, 'int32');
    return tf.sparse.sparseSegmentSum(tensor, chosen, segments) as T;
  });
}
