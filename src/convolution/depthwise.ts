import * as tf from '@tensorflow/tfjs';
import {adjoint, aroundImpulses, overlap} from './geometry';
import {impulseImages} from './impulses';
import {type Axes, laidOut} from './layout';
import {patches} from './patches';
import {channelRows, withBias} from './rows';
import type {Windows} from './windows';

/**
 * The windows of a depthwise convolution: each input channel has output channels of its own, as
 * many as the multiplier, which see nothing of the others.
 *
 * x `[batch, height, width, in]`, d `[batch, output height, output width, in · multiplier]`,
 * features = kernel height · kernel width, W `[features, in · multiplier]`.
 */
export function depthwise(axes: Axes, multiplier: number): Windows {
  const [down, across] = axes;
  const back: Axes = [adjoint(down), adjoint(across)];
  const taps = down.kernel * across.kernel;
  return {
    product: (x, w, bias = null) =>
      tf.tidy(() => {
        const filter = w.reshape([down.kernel, across.kernel, -1, multiplier]);
        return withBias(convolve(x as tf.Tensor4D, filter as tf.Tensor4D, axes), bias);
      }),
    fold: (d, m, bias = null) =>
      tf.tidy(() => {
        const filter = m.transpose().reshape([down.kernel, across.kernel, m.shape[0], 1]);
        const folded = convolve(d as tf.Tensor4D, filter.reverse([0, 1]) as tf.Tensor4D, back);
        return withBias(sumOfGroups(folded, multiplier), bias);
      }),
    correlation: (x, d) =>
      tf.tidy(() => {
        const windows = perChannel(x as tf.Tensor4D, axes);
        const sums = windows.transpose([0, 2, 1]).matMul(inGroups(d, multiplier));
        return sums.transpose([1, 0, 2]).reshape([taps, -1]);
      }),
    get overlap() {
      return overlap(down) * overlap(across);
    },
    inputRows: (x) => tf.unstack(perChannel(x as tf.Tensor4D, axes)) as tf.Tensor2D[],
    outputRows: (d) => tf.unstack(inGroups(d, multiplier)) as tf.Tensor2D[],
    seen: (perInput) => repeated(perInput, multiplier).expandDims(1),
    impulses: (channels) => {
      const around = [aroundImpulses(down), aroundImpulses(across)] as const;
      // Channels do not meet, so one image has the impulses of all.
      return {
        x: impulseImages(around, tf.ones([1, channels])),
        windows: depthwise(around, multiplier),
      };
    },
  };
}

function convolve(x: tf.Tensor4D, filter: tf.Tensor4D, axes: Axes): tf.Tensor4D {
  const {images, padding} = laidOut(x, axes);
  const strides: [number, number] = [axes[0].stride, axes[1].stride];
  const dilations: [number, number] = [axes[0].dilation, axes[1].dilation];
  return tf.depthwiseConv2d(images, filter, strides, padding, 'NHWC', dilations);
}

/** P(x) of every channel: `[in, rows, features]`. */
function perChannel(x: tf.Tensor4D, axes: Axes): tf.Tensor3D {
  return patches(x, axes).transpose([1, 0, 2]);
}

/** `[..., in · multiplier]` → `[in, rows, multiplier]`. */
function inGroups(d: tf.Tensor, multiplier: number): tf.Tensor3D {
  const rows = channelRows(d);
  return rows.reshape([rows.shape[0], -1, multiplier]).transpose([1, 0, 2]);
}

/** The sum of the output channels of each input channel: `[..., in · multiplier]` → `[..., in]`. */
function sumOfGroups(folded: tf.Tensor4D, multiplier: number): tf.Tensor {
  if (multiplier === 1) return folded;
  return folded.reshape([...folded.shape.slice(0, 3), -1, multiplier]).sum(4);
}

/** Each entry `multiplier` times in a row. */
function repeated(perInput: tf.Tensor1D, multiplier: number): tf.Tensor1D {
  return perInput.expandDims(1).tile([1, multiplier]).as1D();
}
