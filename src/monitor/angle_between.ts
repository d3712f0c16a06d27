import type * as tf from '@tensorflow/tfjs';
import {sumsOf} from '../tensors/sums_of';

/**
 * The angle between two tensors of one shape, each taken as one vector, in degrees.
 *
 *     2 atan2(‖a/‖a‖ − b/‖b‖‖, ‖a/‖a‖ + b/‖b‖‖)
 *
 * which float32 knows as well near 0° as elsewhere; the arc cosine does not. Null if either is 0.
 */
export function angleBetween(a: tf.Tensor, b: tf.Tensor): number | null {
  const [sizeA, sizeB] = [a, b].map((tensor) => tensor.abs().max());
  // The squares of small differences would vanish in float32.
  const [u, v] = [unit(a.div(sizeA)), unit(b.div(sizeB))];
  const [difference, sum, ...sizes] = sumsOf([u.sub(v).square(), u.add(v).square(), sizeA, sizeB]);
  // Not left to 0 / 0, which webgl takes for 1.
  if (sizes.includes(0)) return null;
  const angle = 2 * Math.atan2(Math.sqrt(difference), Math.sqrt(sum));
  return Number.isNaN(angle) ? null : (angle * 180) / Math.PI;
}

function unit(a: tf.Tensor): tf.Tensor {
  return a.div(a.norm());
}
