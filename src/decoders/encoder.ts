import type * as tf from '@tensorflow/tfjs';
import {transpose} from '../updates/transpose';
import type {DecoderBatch} from './index';

/** The layer as its decoder sees it, a map f from what is reconstructed to h_l. */
export interface Encoder {
  /** What is reconstructed: x_l, or h_{l−1} of a direct link. `[rows, in]`. */
  point: tf.Tensor2D;
  /** f(point + e) − h_l: e W, or (σ(h_{l−1} + e) − σ(h_{l−1})) W. */
  move(e: tf.Tensor2D): tf.Tensor2D;
  /** Jᵀ d with the Jacobian of f at point + e: d Wᵀ, times σ'(h_{l−1} + e) of a direct link. */
  transposed(e: tf.Tensor2D, d: tf.Tensor2D): tf.Tensor2D;
}

export function encoderOf({encoder, input, below = null}: DecoderBatch): Encoder {
  const back = (d: tf.Tensor2D) => d.matMul(transpose(encoder)) as tf.Tensor2D;
  if (below === null) {
    return {
      point: input,
      move: (e) => e.matMul(encoder) as tf.Tensor2D,
      transposed: (_e, d) => back(d),
    };
  }
  const {activation, preActivation} = below;
  const inputMove = (e: tf.Tensor) => activation.difference(preActivation, input, e) as tf.Tensor2D;
  return {
    point: preActivation as tf.Tensor2D,
    move: (e) => inputMove(e).matMul(encoder) as tf.Tensor2D,
    transposed: (e, d) => {
      const slope = activation.derivative(preActivation.add(e), input.add(inputMove(e)));
      return back(d).mul(slope);
    },
  };
}
