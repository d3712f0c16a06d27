import type * as tf from '@tensorflow/tfjs';
import {none} from './none';
import {output} from './output';

/**
 * A map f and its approximate inverse g, as pure functions.
 *
 * Shapes: f maps `[batch, ...input]` to `[batch, ...output]`, g the other way.
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

/** One way to find x with f(x) = τ from an approximate inverse g of f. */
export interface Inversion {
  /**
   * One iteration: the next x from the present one and its image y = f(x). A scheme without
   * iterations has null, and its result is g(τ).
   */
  step: ((pair: AutoEncoder, target: tf.Tensor, x: tf.Tensor, y: tf.Tensor) => tf.Tensor) | null;
}

/** The inversion schemes that `inversion.scheme` chooses from. */
export const inversions = {none, output};

export type InversionScheme = keyof typeof inversions;
