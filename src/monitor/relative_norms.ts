import type * as tf from '@tensorflow/tfjs';
import {sumsOf} from '../tensors/sums_of';

/**
 * ‖a‖ / ‖b‖ of some pairs of tensors, over all entries, in one read; null where that is no number,
 * as for b = 0.
 */
export function relativeNorms(pairs: Array<[a: tf.Tensor, b: tf.Tensor]>): Array<number | null> {
  const sums = sumsOf(pairs.flat().map((tensor) => tensor.square()));
  return pairs.map((_, i) => {
    const ratio = Math.sqrt(sums[2 * i] / sums[2 * i + 1]);
    return Number.isFinite(ratio) ? ratio : null;
  });
}
