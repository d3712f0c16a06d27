import * as tf from '@tensorflow/tfjs';
import {NonFiniteError} from '../step/non_finite_error';
import {readsAtOnce} from '../tensors/reads_at_once';
import {tidyRecord} from '../tensors/tidy_record';
import {choleskyInverse, choleskySolution} from './cholesky';
import {inverseByHalves, WHOLE} from './inverse_by_halves';

/** What else there is to a damped Gram matrix. */
export interface RidgeTerms {
  /** What regularisers add to λ; ≥ 0. @defaultValue 0 */
  curvature?: number;
  /** The bias, whose input is 1; null for none. @defaultValue null */
  bias?: {
    /** Where K has it: 1 `added` to every entry of X Xᵀ, or as the `last` row and column of Xᵀ X. */
    place: 'added' | 'last';
    /** What its own regularisers add to its λ; ≥ 0. */
    curvature: number;
  } | null;
}

/** The inverse of a damped Gram matrix, and how much it was damped. */
export interface RidgeInverse {
  /** (K + λI)⁻¹, `[n, n]`; the caller's to dispose. */
  inverse: tf.Tensor2D;
  /** λ. */
  lambda: number;
  /** λ / λ_b, by how much a bias is less damped than the weights: the square of its 1 in X. */
  biasScale: number;
}

/**
 * Inverts a damped Gram matrix.
 *
 *     (K + λI)⁻¹,   λ = damping · mean ‖x‖² + curvature
 *
 * K `[n, n]` is X Xᵀ or Xᵀ X of `rows` rows of X, so damping is relative to their mean squared length
 * either way. With a bias, whose 1 counts in x, that is at most 1 + 16 times the variance of x: what rows have
 * in common needs no weights, and is not to hide by how little they differ, as sigmoids of small arguments do.
 * The bias has a λ_b of its own, with the curvature of its regularisers in place of the kernel's, at least λ / 16:
 * its 1 in X becomes √(λ / λ_b).
 *
 * K is read back and inverted in JavaScript, which for the sizes of a batch is quicker
 * than iterating on the backend; a large one by halves, for which float32 is enough where it is well
 * damped. Where K + λI is singular up to the rounding of its entries, λ is raised just above that:
 * (numerically) the least-norm solution. K = 0 has no scale, and λ = 1.
 *
 * @throws NonFiniteError if K is not finite.
 */
export function ridgeInverse(
  gram: tf.Tensor,
  damping: number,
  rows: number,
  terms: RidgeTerms = {},
): RidgeInverse {
  return inverseOf(readDamped(gram, damping, rows, terms));
}

/**
 * (K + λI)⁻¹ R, with K and λ as of `ridgeInverse`.
 *
 * Of few columns R is read back, too, where a read waits for nothing, and solved for in JavaScript, which
 * spares the inverse.
 *
 * @param right R, `[n, columns]`.
 * @returns `[n, columns]`; the caller's to dispose.
 * @throws NonFiniteError if K is not finite.
 */
export function ridgeSolution(
  gram: tf.Tensor,
  right: tf.Tensor2D,
  damping: number,
  rows: number,
  terms: RidgeTerms = {},
): tf.Tensor2D {
  const [n, columns] = right.shape;
  const ridge = readDamped(gram, damping, rows, terms);
  if (columns > FEW * n || isWellDamped(ridge) || !readsAtOnce()) {
    return tf.tidy(() => inverseOf(ridge).inverse.matMul(right) as tf.Tensor2D);
  }
  const entries = right.dataSync<'float32'>();
  const {found} = firstPositive(ridge, (lambda, smallest) =>
    choleskySolution(ridge.k, n, lambda, smallest, entries),
  );
  return tf.tensor2d(found, [n, columns]);
}

/** K, read back, and the λ that was asked for. */
interface Damped {
  k: Float32Array;
  n: number;
  trace: number;
  lambda: number;
  biasScale: number;
}

function readDamped(gram: tf.Tensor, damping: number, rows: number, terms: RidgeTerms): Damped {
  const n = gram.shape[0];
  const k = gram.dataSync<'float32'>();
  const trace = traceOf(k, n);
  if (!Number.isFinite(trace)) {
    throw new NonFiniteError('the Gram matrix of its inputs is not finite');
  }
  const {curvature = 0, bias = null} = terms;
  if (bias === null) {
    return {k, n, trace, lambda: (damping * trace) / rows + curvature, biasScale: 1};
  }
  const squares = Math.min(trace, rows + MOST_COMMON * spreadOf(k, n, trace, bias.place));
  const ofInputs = (damping * squares) / rows;
  const lambda = ofInputs + curvature;
  const lambdaOfBias = Math.max(ofInputs + bias.curvature, lambda / MOST_UNEQUAL);
  const biasScale = lambda === lambdaOfBias ? 1 : lambda / lambdaOfBias;
  if (biasScale === 1) return {k, n, trace, lambda, biasScale};
  const scaled = k.slice();
  if (bias.place === 'last') scaled[n * n - 1] += lambdaOfBias - lambda;
  else for (const i of scaled.keys()) scaled[i] += biasScale - 1;
  return {k: scaled, n, trace: traceOf(scaled, n), lambda, biasScale};
}

function traceOf(k: Float32Array, n: number): number {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += k[i * n + i];
  return trace;
}

/** Σ ‖x‖² about the mean of x, as a sample tells it; ∞ of a single row. */
function spreadOf(k: Float32Array, n: number, trace: number, place: 'added' | 'last'): number {
  // ‖Σ x‖², which is that of the rows times their mean.
  let squaredSum = 0;
  if (place === 'added') for (const entry of k) squaredSum += entry;
  else for (let j = 0; j < n; j++) squaredSum += k[n * (n - 1) + j] ** 2;
  const count = place === 'added' ? n : k[n * n - 1];
  if (count <= 1) return Number.POSITIVE_INFINITY;
  return (Math.max(0, trace - squaredSum / count) * count) / (count - 1);
}

function inverseOf(ridge: Damped): RidgeInverse {
  const {k, n} = ridge;
  if (isWellDamped(ridge)) {
    const inverse = tidyRecord(() => inverseByHalves(damped(ridge)));
    if (inverse !== null) return {inverse, lambda: ridge.lambda, biasScale: ridge.biasScale};
  }
  const {found, lambda} = firstPositive(ridge, (lambda, smallest) =>
    choleskyInverse(k, n, lambda, smallest),
  );
  return {inverse: tf.tensor2d(found, [n, n]), lambda, biasScale: ridge.biasScale};
}

/** What is found of K + λI, or of K with the λ that makes it positive beyond its rounding. */
function firstPositive(
  {trace, lambda: asked}: Damped,
  find: (lambda: number, smallest: number) => Float32Array | null,
): {found: Float32Array; lambda: number} {
  const noise = trace === 0 ? 1 : ROUNDING * trace;
  const tries: Array<[lambda: number, smallest: number]> = [
    [asked, noise],
    [noise, 0],
  ];
  for (const [lambda, smallest] of tries) {
    const found = find(lambda, smallest);
    if (found !== null) return {found, lambda};
  }
  throw new NonFiniteError('the Gram matrix of its inputs is not finite or not positive');
}

/** Whether it is large, and its halves are good to 0.1 %. */
function isWellDamped({n, trace, lambda}: Damped): boolean {
  return n > WHOLE && lambda > 0 && lambda >= WELL_DAMPED * trace;
}

/** K + λI. */
function damped({k, n, lambda}: Damped): tf.Tensor2D {
  const entries = k.slice();
  for (let i = 0; i < n; i++) entries[i * n + i] += lambda;
  return tf.tensor2d(entries, [n, n]);
}

/** What rows have in common counts at most as so many times what they differ by. */
const MOST_COMMON = 16;

/** So many times that of the bias, λ is at most. */
const MOST_UNEQUAL = 16;

/** 64 times the rounding error of a float32: what is smaller than this part of K is noise. */
const ROUNDING = 64 * 2 ** -24;

/** A λ of this part of the trace, with which the halves of even the most redundant K are good to 0.1 %. */
const WELL_DAMPED = 5e-4;

/** Up to so many columns for each row it is quicker to solve for them than to invert, n³ / 3 products more. */
const FEW = 1 / 3;
