import * as tf from '@tensorflow/tfjs';

/** The rows of all calls of a layer, one below the other: several `[rows, n]` → `[all rows, n]`. */
export function stackRows(parts: tf.Tensor2D[]): tf.Tensor2D {
  return parts.length === 1 ? parts[0] : tf.concat2d(parts, 0);
}
