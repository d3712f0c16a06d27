import * as tf from '@tensorflow/tfjs';
import type {Windows} from '../convolution/windows';
import {transpose} from '../updates/transpose';

/**
 * What white noise on its input teaches a decoder g(h) = h V: minus half the gradient by V of
 *
 *     E ‖ξ − g(f(ξ) + ν)‖²,   ξ ~ N(0, C),  ν ~ N(0, μI)
 *
 * is `wanted` − `product(V)`.
 */
export interface WhiteNoiseLesson {
  /** `[out, features]`. */
  wanted: tf.Tensor2D;
  /** A linear map of `[out, features]`, symmetric and not negative. */
  product(v: tf.Tensor2D): tf.Tensor2D;
}

/**
 * The lesson of a matrix product f(x) = x W.
 *
 *     (C W)ᵀ − (Wᵀ C W + μI) V
 *
 * Wᵀ C W is multiplied out if that is less work than going through its factors in every product.
 *
 * @param encoder W, `[in, out]`.
 * @param transposed Wᵀ, `[out, in]`.
 * @param variance diag C, `[in]`.
 * @param noise μ, a scalar.
 * @param products How many products with matrices as large as V are to come.
 */
export function lessonOfRows(
  encoder: tf.Tensor2D,
  transposed: tf.Tensor2D,
  variance: tf.Tensor1D,
  noise: tf.Tensor,
  products: number,
): WhiteNoiseLesson {
  const [inputs, outputs] = encoder.shape;
  const wanted = transposed.mul(variance) as tf.Tensor2D;
  const damped = (image: tf.Tensor, v: tf.Tensor2D) => image.add(v.mul(noise)) as tf.Tensor2D;
  if ((1 + products) * outputs > 2 * products * inputs) {
    return {wanted, product: (v) => damped(wanted.matMul(encoder.matMul(v)), v)};
  }
  const covariance = wanted.matMul(encoder);
  return {wanted, product: (v) => damped(covariance.matMul(v), v)};
}

/**
 * The lesson of a product over windows, f(x) = P(x) W and g(h) = Pᵀ(h V), for each place of the
 * outputs of an endless image.
 *
 * For white noise the expectation is a sum over impulses δ, one in each input channel at each place
 * that it can have relative to the outputs:
 *
 *     L(V) = Σ_δ c_δ ‖δ − Pᵀ(Y V)‖² + μ ‖V‖²,   Y = P(δ) W
 *
 * so minus half its gradient is
 *
 *     Σ_δ c_δ Yᵀ P(δ) − (Σ_δ c_δ Yᵀ P(Pᵀ(Y V)) + μ V)
 *
 * The effects of an impulse lie close around it, and a tiny image for each has them all: exact, and
 * without sampling. It leaves out the borders of real images. For windows of one entry Y = W, and
 * it is the lesson of rows.
 *
 * @param encoder W, `[features, out]`.
 * @param variance c, `[in]`.
 */
export function lessonOfWindows(
  encoder: tf.Tensor2D,
  ofLayer: Windows,
  variance: tf.Tensor1D,
  noise: tf.Tensor,
): WhiteNoiseLesson {
  const {x, windows} = ofLayer.impulses(variance.shape[0]);
  const impulses = x.mul(variance.sqrt());
  const effects = windows.product(impulses, encoder);
  const taught = (r: tf.Tensor) => transpose(windows.correlation(r, effects));
  return {
    wanted: taught(impulses),
    product: (v) =>
      tf.tidy(() => taught(windows.fold(effects, v)).add(v.mul(noise))) as tf.Tensor2D,
  };
}
