import type * as tf from '@tensorflow/tfjs';
import type {InputRows} from '../updates/index';

/**
 * P: what part of its input each output of a layer sees, so that the layer is h = P(x) W + b.
 *
 * Of a dense layer P is the identity; a convolution sees windows of images. W is a matrix
 * `[features, out]`. x `[..., in]` and d `[..., out]` have their channels last. Where outputs fall
 * into groups with inputs of their own (depthwise), W holds one block `[features, out / groups]`
 * beside the other.
 *
 *     ⟨P(x) W, d⟩ = ⟨x, Pᵀ(d Wᵀ)⟩ = ⟨W, P(x)ᵀ d⟩
 *
 * For use within `tf.tidy`: results are the caller's, or an argument as it is.
 */
export interface Windows {
  /** Whether P is the identity on rows, as of a dense layer: features = in. @defaultValue false */
  isIdentity?: boolean;
  /** P(x) W + b, with b `[out]`: `[..., out]`. */
  product(x: tf.Tensor, w: tf.Tensor2D, bias?: tf.Tensor1D | null): tf.Tensor;
  /**
   * Pᵀ(d M) + c, with M `[out, features]` and c `[in]`: every output adds to all that it sees,
   * `[..., in]`.
   */
  fold(d: tf.Tensor, m: tf.Tensor2D, bias?: tf.Tensor1D | null): tf.Tensor;
  /** P(x)ᵀ d, summed over all windows: `[features, out]`. */
  correlation(x: tf.Tensor, d: tf.Tensor): tf.Tensor2D;
  /** ‖P‖², in how many windows the most often seen entry of x lies. */
  overlap: number;
  /** P(x) as the inputs of a least-squares problem for each group, `[rows, features]`. */
  inputRows(x: tf.Tensor): InputRows[];
  /** d as the outputs that belong to these, `[rows, out / groups]`. */
  outputRows(d: tf.Tensor): tf.Tensor2D[];
  /**
   * What each output sees of one number for each channel of x: `[in]` →
   * `[out or 1, features or 1]`.
   */
  seen(perInput: tf.Tensor1D): tf.Tensor2D;
  /**
   * Impulses of size 1, one in each channel at every place that an input can have relative to the
   * outputs, and windows that cut nothing of their effects off. They stand for white noise on an
   * endless x: E ‖A ξ‖² is the sum of the ‖A δ‖², for each such place, of any A made of windows.
   */
  impulses(channels: number): {
    /** The impulses, `[impulses, ...places, channels]`. */
    x: tf.Tensor;
    /** P for them. */
    windows: Windows;
  };
}
