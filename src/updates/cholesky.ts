/**
 * (K + λI)⁻¹ by Cholesky's factorisation, in float64.
 *
 *     K + λI = L Lᵀ,   (K + λI)⁻¹ = L⁻ᵀ L⁻¹
 *
 * @param k K, symmetric, `[n, n]`.
 * @param smallest What of a row is not a combination of the rows before it is rounding, up to this.
 * @returns `[n, n]`; null if that is so of a row, or if K + λI is not positive or not finite.
 */
export function choleskyInverse(
  k: Float32Array,
  n: number,
  lambda: number,
  smallest: number,
): Float32Array | null {
  const factor = factorise(k, n, lambda, smallest);
  return factor && inverseFromFactor(factor, n);
}

/** L in the lower triangle, with L Lᵀ = K + λI. */
function factorise(
  k: Float32Array,
  n: number,
  lambda: number,
  smallest: number,
): Float64Array | null {
  const l = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    const rowI = i * n;
    l[rowI + i] += lambda;
    for (let j = 0; j <= i; j++) {
      const rowJ = j * n;
      const sum = l[rowI + j] - product(l, rowI, l, rowJ, j);
      if (i !== j) l[rowI + j] = sum / l[rowJ + j];
      else if (sum > smallest) l[rowI + i] = Math.sqrt(sum);
      else return null;
    }
  }
  return l;
}

/** L⁻ᵀ L⁻¹ from L in the lower triangle. */
function inverseFromFactor(l: Float64Array, n: number): Float32Array {
  // Row j holds column j of L⁻¹, so that both products below run along rows.
  const columns = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const column = j * n;
    columns[column + j] = 1 / l[j * n + j];
    for (let i = j + 1; i < n; i++) {
      const row = i * n;
      columns[column + i] = -product(l, row + j, columns, column + j, i - j) / l[row + i];
    }
  }
  const inverse = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const entry = product(columns, i * n + i, columns, j * n + i, n - i);
      inverse[i * n + j] = entry;
      inverse[j * n + i] = entry;
    }
  }
  return inverse;
}

/** The inner product of `length` entries, from places `i` and `j` on. */
function product(a: Float64Array, i: number, b: Float64Array, j: number, length: number): number {
  // Four sums, as none of them waits for another: a fifth less time in all than with one.
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = length - (length % 4);
  for (let k = 0; k < whole; k += 4) {
    s0 += a[i + k] * b[j + k];
    s1 += a[i + k + 1] * b[j + k + 1];
    s2 += a[i + k + 2] * b[j + k + 2];
    s3 += a[i + k + 3] * b[j + k + 3];
  }
  for (let k = whole; k < length; k++) s0 += a[i + k] * b[j + k];
  return s0 + s1 + s2 + s3;
}
