/** A matrix in JavaScript's own float64, row by row: what float32 results are compared with. */
export type Matrix = number[][];

/** A B ... */
export function product(first: Matrix, ...others: Matrix[]): Matrix {
  return others.reduce((a, b) => {
    const columns = transposed(b);
    return a.map((row) => columns.map((column) => inner(row, column)));
  }, first);
}

/** A + B. */
export function sum(a: Matrix, b: Matrix): Matrix {
  return a.map((row, i) => row.map((entry, j) => entry + b[i][j]));
}

/** s A. */
export function scaled(a: Matrix, s: number): Matrix {
  return a.map((row) => row.map((entry) => s * entry));
}

/** Aᵀ. */
export function transposed(a: Matrix): Matrix {
  return a[0].map((_, j) => a.map((row) => row[j]));
}

/** ⟨a, b⟩. */
export function inner(a: number[], b: number[]): number {
  return a.reduce((total, entry, i) => total + entry * b[i], 0);
}

/** The matrix with these entries on its diagonal and zeros elsewhere. */
export function diagonal(entries: number[]): Matrix {
  return entries.map((entry, i) => entries.map((_, j) => (i === j ? entry : 0)));
}

/** I, `[n, n]`. */
export function identity(n: number): Matrix {
  return diagonal(Array(n).fill(1));
}

/** tr A. */
export function trace(a: Matrix): number {
  return a.reduce((total, row, i) => total + row[i], 0);
}

/** ‖A‖, the root of the sum of its squared entries. */
export function norm(a: Matrix): number {
  return Math.sqrt(a.reduce((total, row) => total + inner(row, row), 0));
}

/** A⁻¹, by elimination with row pivoting. */
export function inverse(a: Matrix): Matrix {
  const n = a.length;
  const unit = identity(n);
  const rows = a.map((row, i) => [...row, ...unit[i]]);
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let j = i + 1; j < n; j++) {
      if (Math.abs(rows[j][i]) > Math.abs(rows[pivot][i])) pivot = j;
    }
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    rows[i] = rows[i].map((entry) => entry / rows[i][i]);
    for (let j = 0; j < n; j++) {
      const factor = rows[j][i];
      if (j !== i) rows[j] = rows[j].map((entry, k) => entry - factor * rows[i][k]);
    }
  }
  return rows.map((row) => row.slice(n));
}

/** Aᵀ (A Aᵀ)⁻¹, the pseudo-inverse of a matrix whose rows are linearly independent. */
export function rightInverse(a: Matrix): Matrix {
  return product(transposed(a), inverse(product(a, transposed(a))));
}

/** The largest absolute value of an eigenvalue: lim ‖Aᵏ‖^(1/k), at k = 2²⁰. */
export function spectralRadius(a: Matrix): number {
  let logarithm = 0;
  let power = a;
  for (let squarings = 0; squarings <= 20; squarings++) {
    const size = norm(power);
    logarithm += Math.log(size) / 2 ** squarings;
    const unit = scaled(power, 1 / size);
    power = product(unit, unit);
  }
  return Math.exp(logarithm);
}

/** Numbers from the standard normal distribution, the same for the same seed. */
export function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const uniform = uniformNumbers(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return Array.from({length: rows}, () => Array.from({length: columns}, normal));
}

/** Mulberry32: a generator of numbers in [0, 1). */
function uniformNumbers(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b9);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
