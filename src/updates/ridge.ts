import * as tf from '@tensorflow/tfjs';
import {tidyRecord} from '../step/tidy_record';
import {choleskyInverse} from './cholesky';
import {inverseByHalves, WHOLE} from './inverse_by_halves';

/** The inverse of a damped Gram matrix, and how much it was damped. */
export interface RidgeInverse {
  /** (K + λI)⁻¹, `[n, n]`; the caller's to dispose. */
  inverse: tf.Tensor2D;
  /** λ. */
  lambda: number;
}

/**
 * Inverts a damped Gram matrix.
 *
 *     (K + λI)⁻¹,   λ = damping · trace(K) / rows
 *
 * K `[n, n]` is X Xᵀ or Xᵀ X of `rows` rows of X, so λ is relative to their mean squared length
 * either way. It is read back and inverted in JavaScript, which for the sizes of a batch is quicker
 * than iterating on the backend; a large one by halves, for which float32 is enough where it is well
 * damped. Where K + λI is singular up to the rounding of its entries, λ is raised just above that:
 * (numerically) the least-norm solution. K = 0 has no scale, and λ = 1.
 *
 * @throws RangeError if K is not finite.
 */
export function ridgeInverse(gram: tf.Tensor, damping: number, rows: number): RidgeInverse {
  const n = gram.shape[0];
  const k = gram.dataSync<'float32'>();
  let trace = 0;
  for (let i = 0; i < n; i++) trace += k[i * n + i];
  if (!Number.isFinite(trace)) {
    throw new RangeError('the Gram matrix of its inputs is not finite');
  }
  const lambda = (damping * trace) / rows;
  if (n > WHOLE && lambda > 0 && lambda >= WELL_DAMPED * trace) {
    const inverse = tidyRecord(() => inverseByHalves(damped(k, n, lambda)));
    if (inverse !== null) return {inverse, lambda};
  }
  const noise = trace === 0 ? 1 : ROUNDING * trace;
  const tries: Array<[lambda: number, smallest: number]> = [
    [lambda, noise],
    [noise, 0],
  ];
  for (const [lambda, smallest] of tries) {
    const inverse = choleskyInverse(k, n, lambda, smallest);
    if (inverse !== null) return {inverse: tf.tensor2d(inverse, [n, n]), lambda};
  }
  throw new RangeError('the Gram matrix of its inputs is not finite or not positive');
}

/** K + λI. */
function damped(k: Float32Array, n: number, lambda: number): tf.Tensor2D {
  const entries = k.slice();
  for (let i = 0; i < n; i++) entries[i * n + i] += lambda;
  return tf.tensor2d(entries, [n, n]);
}

/** 64 times the rounding error of a float32: what is smaller than this part of K is noise. */
const ROUNDING = 64 * 2 ** -24;

/** A λ of this part of the trace, with which the halves of even the most redundant K are good to 0.1 %. */
const WELL_DAMPED = 5e-4;
