import * as tf from '@tensorflow/tfjs';

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
 * either way. Read back, factorised in float64 (K + λI = L Lᵀ) and inverted in JavaScript: for the
 * sizes of a batch this is quicker than iterating on the backend. Where K + λI is singular up to the
 * rounding of its entries, λ is raised just above that: (numerically) the least-norm solution.
 * K = 0 has no scale, and λ = 1.
 *
 * @throws RangeError if K is not finite.
 */
export function ridgeInverse(gram: tf.Tensor, damping: number, rows: number): RidgeInverse {
  const n = gram.shape[0];
  const k = gram.dataSync();
  let trace = 0;
  for (let i = 0; i < n; i++) trace += k[i * n + i];
  if (!Number.isFinite(trace)) {
    throw new RangeError('the Gram matrix of its inputs is not finite');
  }
  const noise = trace === 0 ? 1 : ROUNDING * trace;
  const tries: Array<[lambda: number, smallest: number]> = [
    [(damping * trace) / rows, noise],
    [noise, 0],
  ];
  for (const [lambda, smallest] of tries) {
    const factor = factorise(k, n, lambda, smallest);
    if (factor === null) continue;
    return {inverse: tf.tensor2d(inverseFromFactor(factor, n), [n, n]), lambda};
  }
  throw new RangeError('the Gram matrix of its inputs is not finite or not positive');
}

/** 64 times the rounding error of a float32: what is smaller than this part of K is noise. */
const ROUNDING = 64 * 2 ** -24;

/**
 * Cholesky: L in the lower triangle, with L Lᵀ = K + λI; null if a row is, up to rounding, a
 * combination of the rows before it.
 */
function factorise(
  k: ArrayLike<number>,
  n: number,
  lambda: number,
  smallest: number,
): Float64Array | null {
  const l = Float64Array.from(k);
  for (let i = 0; i < n; i++) {
    const rowI = i * n;
    l[rowI + i] += lambda;
    for (let j = 0; j <= i; j++) {
      const rowJ = j * n;
      let sum = l[rowI + j];
      for (let m = 0; m < j; m++) sum -= l[rowI + m] * l[rowJ + m];
      if (i !== j) l[rowI + j] = sum / l[rowJ + j];
      else if (sum > smallest) l[rowI + i] = Math.sqrt(sum);
      else return null;
    }
  }
  return l;
}

/** A⁻¹ = L⁻ᵀ L⁻¹ from L in the lower triangle. */
function inverseFromFactor(l: Float64Array, n: number): Float32Array {
  // Row j holds column j of L⁻¹, so that both products below run along rows.
  const columns = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const column = j * n;
    columns[column + j] = 1 / l[j * n + j];
    for (let i = j + 1; i < n; i++) {
      const row = i * n;
      let sum = 0;
      for (let k = j; k < i; k++) sum -= l[row + k] * columns[column + k];
      columns[column + i] = sum / l[row + i];
    }
  }
  const inverse = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < n; k++) sum += columns[i * n + k] * columns[j * n + k];
      inverse[i * n + j] = sum;
      inverse[j * n + i] = sum;
    }
  }
  return inverse;
}
