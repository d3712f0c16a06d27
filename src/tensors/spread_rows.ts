import * as tf from '@tensorflow/tfjs';
import {examplesAt} from './examples_at';
import {readsAtOnce} from './reads_at_once';

/**
 * So many rows of a matrix, spread over it: of all its sequences and of all their places alike.
 *
 *     i s mod rows,   i = 0, 1, ..., count − 1
 *
 * with a stride s near rows divided by the golden ratio, which spreads any number of them, and without a divisor in
 * common with rows: so all are different, and none of them keeps time with a period of the rows.
 *
 * @param count At most as many as there are rows.
 * @returns `[count, columns]`, the caller's to dispose.
 */
export function spreadRows(matrix: tf.Tensor2D, count: number): tf.Tensor2D {
  const [rows] = matrix.shape;
  const stride = spreadingStride(rows);
  const indices = Array.from({length: count}, (_, i) => (i * stride) % rows);
  if (readsAtOnce()) return examplesAt(matrix, indices);
  return tf.tidy(() => tf.gather(matrix, tf.tensor1d(indices, 'int32')));
}

function spreadingStride(rows: number): number {
  let stride = Math.round(rows * GOLDEN);
  while (greatestCommonDivisor(stride, rows) > 1) stride++;
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** 1 over the golden ratio. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
