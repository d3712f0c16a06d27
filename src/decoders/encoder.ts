import type * as tf from '@tensorflow/tfjs';
import {rowByRow} from '../convolution/row_by_row';
import {transpose} from '../tensors/transpose';
import type {DecoderBatch} from './index';

/** The layer as its decoder sees it, a map f from what is reconstructed to h_l. */
export interface Encoder {
  /** What is reconstructed: x_l, or h_{l−1} of a direct link. `[..., in]`. */
  point: tf.Tensor;
  /** f(point + e) − h_l: P(e) W, or P(σ(h_{l−1} + e) − σ(h_{l−1})) W. */
  move(e: tf.Tensor): tf.Tensor;
  /** Jᵀ d with the Jacobian of f at point + e: Pᵀ(d Wᵀ), times σ'(h_{l−1} + e) of a direct link. */
  transposed(e: tf.Tensor, d: tf.Tensor): tf.Tensor;
}

export function encoderOf({
  encoder,
  windows = rowByRow,
  input,
  below = null,
}: DecoderBatch): Encoder {
  const back = (d: tf.Tensor) => windows.fold(d, transpose(encoder));
  if (below === null) {
    return {
      point: input,
      move: (e) => windows.product(e, encoder),
      transposed: (_e, d) => back(d),
    };
  }
  const {activation, preActivation} = below;
  const inputMove = (e: tf.Tensor) => activation.difference(preActivation, input, e);
  return {
    point: preActivation,
    move: (e) => windows.product(inputMove(e), encoder),
    transposed: (e, d) => {
      const slope = activation.derivative(preActivation.add(e), input.add(inputMove(e)));
      return back(d).mul(slope);
    },
  };
}
