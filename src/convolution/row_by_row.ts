import * as tf from '@tensorflow/tfjs';
import {transpose} from '../tensors/transpose';
import {effect} from '../updates/effect';
import type {Windows} from './windows';

/**
 * The windows of a dense layer: an output row sees the input row of the same number, `[rows, in]`.
 */
export const rowByRow: Windows = {
  isIdentity: true,
  product: (x, w, bias = null) => effect(x as tf.Tensor2D, w, bias),
  fold: (d, m, bias = null) => effect(d as tf.Tensor2D, m, bias),
  correlation: (x, d) => transpose(x as tf.Tensor2D).matMul(d) as tf.Tensor2D,
  overlap: 1,
  inputRows: (x) => [x as tf.Tensor2D],
  outputRows: (d) => [d as tf.Tensor2D],
  seen: (perInput) => perInput.expandDims(0),
  impulses: (channels) => ({x: tf.eye(channels), windows: rowByRow}),
};
