/**
 * (K + λI)⁻¹ by Cholesky's factorisation, in float64.
 *
 *     K + λI = L Lᵀ,   (K + λI)⁻¹ = L⁻ᵀ L⁻¹
 *
 * In tiles of two rows by two columns, so that every number loaded serves two products: for large n two
 * thirds of the time of single entries.
 *
 * @param k K, symmetric, `[n, n]`.
 * @param smallest The matrix counts as singular if a pivot is not above this; ≥ 0.
 * @returns `[n, n]`; null if K + λI is singular, not positive or not finite.
 */
export function choleskyInverse(
  k: Float32Array,
  n: number,
  lambda: number,
  smallest: number,
): Float32Array | null {
  const l = evenTriangle(k, n, lambda);
  return factorise(l, smallest) ? inverseFrom(inverseColumns(l), n) : null;
}

/**
 * (K + λI)⁻¹ R by the same factorisation, which for few columns takes less than the inverse.
 *
 *     L Y = R,   Lᵀ Z = Y
 *
 * @param k K, symmetric, `[n, n]`.
 * @param right R, `[n, columns]`.
 * @param smallest As of `choleskyInverse`.
 * @returns Z, `[n, columns]`; null where there is no inverse.
 */
export function choleskySolution(
  k: Float32Array,
  n: number,
  lambda: number,
  smallest: number,
  right: Float32Array,
): Float32Array | null {
  const l = evenTriangle(k, n, lambda);
  if (!factorise(l, smallest)) return null;
  const columns = right.length / n;
  const solution = evenRows(right, n, columns);
  substitute(solution, l);
  // From the last row and column on, Lᵀ is a lower triangle, too.
  solution.entries.reverse();
  substitute(solution, turned(l));
  solution.entries.reverse();
  return columnsOf(solution, n, columns);
}

/** Rows of an even number of entries, one after the other; an even number of rows, too. */
interface Even {
  entries: Float64Array;
  size: number;
}

function evenUp(n: number): number {
  return n + (n % 2);
}

/** The lower triangle of K + λI. */
function evenTriangle(k: Float32Array, n: number, lambda: number): Even {
  const size = evenUp(n);
  const entries = zeros('triangle', size * size);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) entries[i * size + j] = k[i * n + j];
    entries[i * size + i] += lambda;
  }
  // A last row without a partner gets one that has nothing to do with the others.
  if (size > n) entries[size * size - 1] = Number.MAX_VALUE;
  return {entries, size};
}

/** Puts L in place of the matrix; false if there is none. */
function factorise(l: Even, smallest: number): boolean {
  const {entries, size} = l;
  for (let i = 0; i < size; i += 2) {
    for (let j = 0; j < i; j += 2) eliminate(l, i, l, j, 0);
    const sums = products(l, i, l, i, 0, i);
    const upper = i * size + i;
    const lower = upper + size;
    const first = entries[upper] - sums[0];
    if (!(first > smallest)) return false;
    entries[upper] = Math.sqrt(first);
    entries[lower] = (entries[lower] - sums[2]) / entries[upper];
    const second = entries[lower + 1] - sums[3] - entries[lower] ** 2;
    if (!(second > smallest)) return false;
    entries[lower + 1] = Math.sqrt(second);
  }
  return true;
}

/** The columns of L⁻¹ as rows, so that all products run along rows. */
function inverseColumns(l: Even): Even {
  const {entries, size} = l;
  const columns = {entries: zeros('columns', size * size), size};
  const x = columns.entries;
  for (let j = 0; j < size; j += 2) {
    const upper = j * size + j;
    const lower = upper + size;
    x[upper] = 1 / entries[upper];
    x[lower + 1] = 1 / entries[lower + 1];
    x[upper + 1] = -entries[lower] * x[upper] * x[lower + 1];
    for (let i = j + 2; i < size; i += 2) eliminate(columns, j, l, i, j);
  }
  return columns;
}

/** Rᵀ. */
function evenRows(right: Float32Array, n: number, columns: number): Even {
  const size = evenUp(n);
  const entries = new Float64Array(evenUp(columns) * size);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < columns; c++) entries[c * size + i] = right[i * columns + c];
  }
  return {entries, size};
}

/** The first columns of Zᵀ, as columns. */
function columnsOf({entries, size}: Even, n: number, columns: number): Float32Array {
  const z = new Float32Array(n * columns);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < columns; c++) z[i * columns + c] = entries[c * size + i];
  }
  return z;
}

/** Solves M Lᵀ = R in place of R. */
function substitute(m: Even, l: Even): void {
  const rows = m.entries.length / m.size;
  for (let i = 0; i < rows; i += 2) {
    for (let j = 0; j < m.size; j += 2) eliminate(m, i, l, j, 0);
  }
}

/** Lᵀ with its rows and columns from the last on. */
function turned({entries, size}: Even): Even {
  const last = size - 1;
  const turned = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) turned[i * size + j] = entries[(last - j) * size + last - i];
  }
  return {entries: turned, size};
}

/** L⁻ᵀ L⁻¹, `[n, n]`. */
function inverseFrom(columns: Even, n: number): Float32Array {
  const {size} = columns;
  const inverse = new Float32Array(n * n);
  for (let i = 0; i < size; i += 2) {
    for (let j = 0; j <= i; j += 2) {
      const sums = products(columns, i, columns, j, i, size);
      for (let place = 0; place < 4; place++) {
        const row = i + (place >> 1);
        const column = j + (place & 1);
        if (row >= n || column >= n) continue;
        inverse[row * n + column] = sums[place];
        inverse[column * n + row] = sums[place];
      }
    }
  }
  return inverse;
}

/**
 * Solves a tile of M Lᵀ = R, given M to the left of it, in place of R.
 *
 * @param row The rows of the tile are this and the next.
 * @param column Its columns are this and the next.
 * @param from The first column in which M is not 0.
 */
function eliminate(m: Even, row: number, l: Even, column: number, from: number): void {
  const sums = products(m, row, l, column, from, column);
  const {size} = m;
  const corner = column * size + column;
  const first = l.entries[corner];
  const below = l.entries[corner + size];
  const second = l.entries[corner + size + 1];
  for (let i = 0; i < 2; i++) {
    const at = (row + i) * size + column;
    m.entries[at] = (m.entries[at] - sums[2 * i]) / first;
    m.entries[at + 1] = (m.entries[at + 1] - sums[2 * i + 1] - m.entries[at] * below) / second;
  }
}

/** What `zeros` gave before: fresh memory may cost more than what is computed in it. */
const given = {triangle: new Float64Array(0), columns: new Float64Array(0)};

/** Longer arrays are not kept. */
const KEPT = 2 ** 16;

/** Zeros for one of two uses, until the next are asked for. */
function zeros(use: keyof typeof given, length: number): Float64Array {
  if (length > KEPT) return new Float64Array(length);
  if (given[use].length < length) given[use] = new Float64Array(length);
  return given[use].subarray(0, length).fill(0);
}

/** The last `products`: made once, as there are thousands of tiles in an inverse. */
const tile = new Float64Array(4);

/** The products of rows i and i + 1 of A with rows j and j + 1 of B, between two columns. */
function products(a: Even, i: number, b: Even, j: number, from: number, to: number): Float64Array {
  const {entries: x, size} = a;
  const {entries: y} = b;
  const x0 = i * size;
  const x1 = x0 + size;
  const y0 = j * size;
  const y1 = y0 + size;
  let s00 = 0;
  let s01 = 0;
  let s10 = 0;
  let s11 = 0;
  for (let k = from; k < to; k++) {
    const a0 = x[x0 + k];
    const a1 = x[x1 + k];
    const b0 = y[y0 + k];
    const b1 = y[y1 + k];
    s00 += a0 * b0;
    s01 += a0 * b1;
    s10 += a1 * b0;
    s11 += a1 * b1;
  }
  tile[0] = s00;
  tile[1] = s01;
  tile[2] = s10;
  tile[3] = s11;
  return tile;
}
