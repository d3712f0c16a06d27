import * as tf from '@tensorflow/tfjs';
import type {Windows} from '../convolution/windows';
import {transpose} from '../tensors/transpose';

/**
 * What a decoder g(h) = h V makes of white noise, as half the gradient by V of
 *
 *     E ‖g(f(ξ) + ν)‖²,   ξ ~ N(0, C),  ν ~ N(0, μI)
 *
 * A linear map of `[out, features]`, symmetric and not negative.
 */
export type Covariance = (v: tf.Tensor2D) => tf.Tensor2D;

/**
 * That of a matrix product f(x) = x W.
 *
 *     (Wᵀ C W + μI) V
 *
 * Wᵀ C W is multiplied out if that is less work than going through its factors in every product.
 *
 * @param encoder W, `[in, out]`.
 * @param transposed Wᵀ, `[out, in]`.
 * @param variance diag C, `[in]`.
 * @param noise μ, a scalar.
 * @param products How many products with matrices as large as V are to come.
 */
export function covarianceOfRows(
  encoder: tf.Tensor2D,
  transposed: tf.Tensor2D,
  variance: tf.Tensor1D,
  noise: tf.Tensor,
  products: number,
): Covariance {
  const [inputs, outputs] = encoder.shape;
  const seen = transposed.mul(variance) as tf.Tensor2D;
  const damped = (image: tf.Tensor, v: tf.Tensor2D) => image.add(v.mul(noise)) as tf.Tensor2D;
  if ((1 + products) * outputs > 2 * products * inputs) {
    return (v) => damped(seen.matMul(encoder.matMul(v)), v);
  }
  const covariance = seen.matMul(encoder);
  return (v) => damped(covariance.matMul(v), v);
}

/**
 * That of a product over windows, f(x) = P(x) W and g(h) = Pᵀ(h V), for each place of the
 * outputs of an endless image.
 *
 * For white noise the expectation is a sum over impulses δ, one in each input channel at each place
 * that it can have relative to the outputs:
 *
 *     Σ_δ c_δ ‖Pᵀ(Y V)‖² + μ ‖V‖²,   Y = P(δ) W
 *
 * so half its gradient is
 *
 *     Σ_δ c_δ Yᵀ P(Pᵀ(Y V)) + μ V
 *
 * The effects of an impulse lie close around it, and a tiny image for each has them all: exact, and
 * without sampling. It leaves out the borders of real images. For windows of one entry Y = W, and
 * it is that of rows.
 *
 * @param encoder W, `[features, out]`.
 * @param variance c, `[in]`.
 */
export function covarianceOfWindows(
  encoder: tf.Tensor2D,
  ofLayer: Windows,
  variance: tf.Tensor1D,
  noise: tf.Tensor,
): Covariance {
  const {x, windows} = ofLayer.impulses(variance.shape[0]);
  const effects = windows.product(x.mul(variance.sqrt()), encoder);
  return (v) =>
    tf.tidy(() => {
      const image = transpose(windows.correlation(windows.fold(effects, v), effects));
      return image.add(v.mul(noise)) as tf.Tensor2D;
    });
}
