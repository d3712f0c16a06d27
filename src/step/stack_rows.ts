import * as tf from '@tensorflow/tfjs';
import {correlation, sampled} from '../updates/effect';
import type {InputRows} from '../updates/index';

/** Rows, or examples, one below the other: several `[rows, ...]` → `[all rows, ...]`; one as it is. */
export function stackRows<T extends tf.Tensor>(parts: T[]): T {
  return parts.length === 1 ? parts[0] : (tf.concat(parts, 0) as T);
}

/** The same for the inputs of all calls of a layer, which may not be written out. */
export function stackInputs(parts: Array<InputRows>): InputRows {
  if (parts.length === 1) return parts[0];
  if (parts.every((part) => part instanceof tf.Tensor)) return stackRows(parts as tf.Tensor2D[]);
  const counts = parts.map(({shape}) => shape[0]);
  const all = counts.reduce((sum, count) => sum + count, 0);
  return {
    shape: [all, parts[0].shape[1]],
    correlation: (d) =>
      tf.addN(
        tf.split(d, counts).map((rows, i) => correlation(parts[i], rows as tf.Tensor2D)),
      ) as tf.Tensor2D,
    sample: (most) =>
      stackRows(parts.map((part, i) => sampled(part, Math.ceil((most * counts[i]) / all)))),
  };
}
