import * as tf from '@tensorflow/tfjs';
import {tidyRecord} from '../tensors/tidy_record';
import {transpose} from '../tensors/transpose';
import {choleskyInverse} from './cholesky';

/** Up to this size JavaScript inverts a matrix sooner than the backend multiplies its halves. */
export const WHOLE = 100;

/**
 * The inverse of a positive matrix of any size, for the most part in products of the backend.
 *
 *     ⎡A Bᵀ⎤⁻¹   ⎡A⁻¹ − Eᵀ F  Fᵀ⎤
 *     ⎣B C ⎦   = ⎣F           S ⎦,   E = B A⁻¹,  S = (C − E Bᵀ)⁻¹,  F = −S E
 *
 * with the inverses of the halves in the same way. In float32: the error relative to the inverse is a
 * few roundings times the condition, where few directions have all the weight times its square.
 *
 * @param m Symmetric, `[n, n]`.
 * @returns `[n, n]`, the caller's to dispose; null if m is not positive or not finite.
 */
export function inverseByHalves(m: tf.Tensor2D): tf.Tensor2D | null {
  const n = m.shape[0];
  if (n <= WHOLE) {
    const entries = choleskyInverse(m.dataSync<'float32'>(), n, 0, 0);
    return entries && tf.tensor2d(entries, [n, n]);
  }
  return tidyRecord(() => {
    const half = n >> 1;
    const b = m.slice([half, 0], [-1, half]);
    const inverseOfA = inverseByHalves(m.slice([0, 0], [half, half]));
    if (inverseOfA === null) return null;
    const e = b.matMul(inverseOfA) as tf.Tensor2D;
    const c = m.slice([half, half]);
    const s = inverseByHalves(c.sub(e.matMul(transpose(b))));
    if (s === null) return null;
    const f = s.matMul(e).neg() as tf.Tensor2D;
    const first = inverseOfA.sub(transpose(e).matMul(f)) as tf.Tensor2D;
    return tf.concat2d([tf.concat2d([first, transpose(f)], 1), tf.concat2d([f, s], 1)], 0);
  });
}
