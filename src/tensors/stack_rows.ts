import * as tf from '@tensorflow/tfjs';

/** Rows, or examples, one below the other: several `[rows, ...]` → `[all rows, ...]`; one as it is. */
export function stackRows<T extends tf.Tensor>(parts: T[]): T {
  return parts.length === 1 ? parts[0] : (tf.concat(parts, 0) as T);
}
