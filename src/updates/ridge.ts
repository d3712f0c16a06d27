import * as tf from '@tensorflow/tfjs';

/**
 * The inverse of a damped Gram matrix.
 *
 *     (K + λI)⁻¹,   λ = damping · trace(K) / rows
 *
 * K `[n, n]` is X Xᵀ or Xᵀ X of `rows` rows of X, so λ is relative to their mean squared length
 * either way. Read back, factorised in float64 (K + λI = L Lᵀ) and inverted in JavaScript: for the
 * sizes of a batch this is quicker than iterating on the backend. Where K + λI is singular up to the
 * rounding of its entries, λ is raised just above that: (numerically) the least-norm solution.
 * K = 0 gives 0: rows of zeros move nothing.
 *
 * @throws RangeError if K is not finite.
 */
export function ridgeInverse(gram: tf.Tensor, damping: number, rows: number): tf.Tensor2D {
  const n = gram.shape[0];
  const k = gram.dataSync();
  let trace = 0;
  for (let i = 0; i < n; i++) trace += k[i * n + i];
  if (!Number.isFinite(trace)) {
    throw new RangeError('the Gram matrix of its inputs is not finite');
  }
  if (trace === 0) return tf.zeros([n, n]);
  const noise = ROUNDING * trace;
  const factor = factorise(k, n, (damping * trace) / rows, noise) ?? factorise(k, n, noise, 0);
  if (factor === null) {
    throw new RangeError('the Gram matrix of its inputs is not finite or not positive');
  }
  return tf.tensor2d(inverseFromFactor(factor, n), [n, n]);
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
