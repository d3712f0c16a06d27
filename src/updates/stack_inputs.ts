import * as tf from '@tensorflow/tfjs';
import {stackRows} from '../tensors/stack_rows';
import {correlation, sampled} from './effect';
import type {InputRows} from './index';

/** The inputs of all calls of a layer, one below the other; they may not be written out. */
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
