import * as tf from '@tensorflow/tfjs';
import {total} from '../tensors/total';

/** Rounds of the power method a step; the direction is remembered, so that few are enough. */
const POWER_ROUNDS = 2;

/** A start of the power method: a fixed one might be orthogonal to the leading eigenvector. */
export function randomDirection(shape: [number, number], seed: number): tf.Tensor2D {
  // tfjs takes seed 0 for none.
  return tf.randomNormal(shape, 0, 1, 'float32', seed + 0.5);
}

/**
 * The leading eigenvalue of a symmetric A, by the power method from a remembered direction.
 *
 *     top = ‖A v‖,   v ← A v / top
 *
 * A lower bound until v has converged. A = 0 has no leading direction: v stays, for a later A.
 *
 * @param product A a, for a column a or any other array of numbers that A acts on.
 * @returns A top above 0, to divide by.
 */
export function leading(
  product: (a: tf.Tensor2D) => tf.Tensor2D,
  direction: tf.Tensor2D,
): {top: tf.Scalar; direction: tf.Tensor2D} {
  let v = direction;
  let top = tf.scalar(0);
  for (let round = 0; round < POWER_ROUNDS; round++) {
    const image = product(v);
    top = total(image.square()).sqrt().add(LEAST);
    v = image.add(v.mul(LEAST)).div(top);
  }
  return {top, direction: v};
}

/** Of A + LEAST · I, whose leading direction is A's, v stays where A = 0; too small to show elsewhere. */
const LEAST = 1e-18;
