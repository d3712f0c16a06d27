/**
 * The shortest of the vectors that come nearest to solving J d = r, in float64.
 *
 *     J⁺ r = Jᵀ (J Jᵀ)⁺ r = (Jᵀ J)⁺ Jᵀ r
 *
 * of which the form with the smaller matrix is used. The rows of J are in float32: directions whose
 * singular value is below 2⁻¹⁶ of the largest are taken for its rounding, and left out.
 *
 * @param rows J, a row for each entry of r.
 */
export function leastNormSolution(rows: ArrayLike<number>[], r: ArrayLike<number>): Float64Array {
  const inputs = rows[0].length;
  if (rows.length <= inputs) return productOfTransposed(rows, solveGram(rows, r));
  const columns = Array.from({length: inputs}, (_, i) => Float64Array.from(rows, (row) => row[i]));
  return solveGram(columns, productOfTransposed(rows, r));
}

const SMALLEST = 2 ** -16;

/** (A Aᵀ)⁺ r = Σ v ⟨v, r⟩ / λ over the eigenvectors of A Aᵀ. */
function solveGram(a: ArrayLike<number>[], r: ArrayLike<number>): Float64Array {
  const {values, vectors} = eigen(
    a.map((row) => Float64Array.from(a, (other) => inner(row, other))),
  );
  const smallest = SMALLEST ** 2 * Math.max(...values);
  const weights = vectors.map((vector, i) =>
    values[i] > smallest ? inner(vector, r) / values[i] : 0,
  );
  return productOfTransposed(vectors, weights);
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, which it overwrites, by Jacobi's rotations.
 *
 * Each makes one off-diagonal entry 0; sweeps over all of them converge quadratically.
 */
function eigen(k: Float64Array[]): {values: number[]; vectors: Float64Array[]} {
  const n = k.length;
  const vectors = k.map((_, i) => Float64Array.from(k, (_, j) => (i === j ? 1 : 0)));
  const scale = k.reduce((sum, row, i) => sum + row[i], 0);
  const tiny = Number.EPSILON * scale;
  for (let rotated = true; rotated; ) {
    rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        // So written, NaN ends the loop, too.
        if (!(Math.abs(k[p][q]) > tiny)) continue;
        rotated = true;
        const theta = (k[q][q] - k[p][p]) / (2 * k[p][q]);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (const row of k) rotate(row, p, row, q, c, s);
        for (let i = 0; i < n; i++) rotate(k[p], i, k[q], i, c, s);
        // Rounding would leave a part of the diagonal here.
        k[p][q] = 0;
        k[q][p] = 0;
        for (let i = 0; i < n; i++) rotate(vectors[p], i, vectors[q], i, c, s);
      }
    }
  }
  return {values: k.map((row, i) => row[i]), vectors};
}

function rotate(a: Float64Array, i: number, b: Float64Array, j: number, c: number, s: number) {
  const [x, y] = [a[i], b[j]];
  a[i] = c * x - s * y;
  b[j] = s * x + c * y;
}

function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Aᵀ w, the sum of the rows of A by their weights. */
function productOfTransposed(rows: ArrayLike<number>[], weights: ArrayLike<number>): Float64Array {
  const sum = new Float64Array(rows[0].length);
  for (const [k, row] of rows.entries()) {
    for (let i = 0; i < sum.length; i++) sum[i] += weights[k] * row[i];
  }
  return sum;
}
