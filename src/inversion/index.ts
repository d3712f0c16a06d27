import type * as tf from '@tensorflow/tfjs';
import {combined} from './combined';
import {combinedIterative} from './combined_iterative';
import {input} from './input';
import {none} from './none';
import {output} from './output';

/**
 * A map f and its approximate inverse g, as pure functions.
 *
 * Shapes: f maps `[batch, ...input]` to `[batch, ...output]`, g the other way.  (Bengio 2020, §2)
 */
export interface AutoEncoder {
  /** f(x). */
  encode(x: tf.Tensor): tf.Tensor;
  /** g(y). */
  decode(y: tf.Tensor): tf.Tensor;
  /**
   * g(y + e) − g(y). Where it is missing, two decodes serve; an affine g has it in one product, and
   * without the rounding error of a difference of two large numbers.
   */
  decodeDifference?(y: tf.Tensor, e: tf.Tensor): tf.Tensor;
}

/** Where an inversion stands. */
export interface Iterate {
  /** u, what the decoder was asked last, `[batch, ...output]`: x is g(u), up to a constant. */
  u: tf.Tensor;
  /** x, the input found so far, `[batch, ...input]`. */
  x: tf.Tensor;
  /** f(x), `[batch, ...output]`. */
  y: tf.Tensor;
}

/**
 * One iteration: the next u and x towards f(x) = τ, with τ `[batch, ...output]`. For use within
 * `tf.tidy`.
 */
export type Correction = (
  pair: AutoEncoder,
  target: tf.Tensor,
  at: Iterate,
) => Pick<Iterate, 'u' | 'x'>;

/** One way to find x with f(x) = τ from an approximate inverse g of f.  (Bengio 2020, §5, §6) */
export interface Inversion {
  /** The corrections to make, in this order, where `iterations` are asked for. */
  corrections(iterations: number): Correction[];
  /** Whether it may start at a known x; if not, it always starts from g(τ). */
  fromKnownPoint: boolean;
}

/**
 * The inversion schemes that `inversion.scheme` chooses from; for {@link invert} and {@link relax}.
 */
export const inversions = {
  none,
  output,
  input,
  combined,
  /**
   * `input`, and from there `output`, equally often.
   *
   *     x ← x + g(τ) − g(f(x)),   from x = g(u_t)        (Bengio 2020, §6, below tau-improved)
   */
  'combined-iterative': combinedIterative,
};

/** The name of a scheme: a key of {@link inversions}. */
export type InversionScheme = keyof typeof inversions;

/** All schemes, as the interface that they share. */
export const schemes: Readonly<Record<InversionScheme, Inversion>> = inversions;
