import * as tf from '@tensorflow/tfjs';
import type {ImplicitRows} from '../updates/index';
import {adjoint, aroundImpulses, overlap, thinned} from './geometry';
import {impulseImages} from './impulses';
import {type Axes, laidOut, padded} from './layout';
import {patches} from './patches';
import {channelRows, withBias} from './rows';
import type {Windows} from './windows';

/**
 * The windows of a convolution in which every output channel sees all input channels.
 *
 * x `[batch, height, width, in]`, d `[batch, output height, output width, out]`, features = kernel
 * height · kernel width · in.
 */
export function convolution(axes: Axes): Windows {
  const back: Axes = [adjoint(axes[0]), adjoint(axes[1])];
  const [down, across] = axes;
  const windows: Windows = {
    product: (x, w, bias = null) =>
      tf.tidy(() => {
        const filter = w.reshape<tf.Tensor4D>([down.kernel, across.kernel, -1, w.shape[1]]);
        return withBias(convolve(x as tf.Tensor4D, filter, axes), bias);
      }),
    fold: (d, m, bias = null) =>
      tf.tidy(() => {
        const filter = m.reshape([m.shape[0], down.kernel, across.kernel, -1]);
        const flipped = filter.reverse([1, 2]).transpose<tf.Tensor4D>([1, 2, 0, 3]);
        return withBias(convolve(d as tf.Tensor4D, flipped, back), bias);
      }),
    correlation: (x, d) => tf.tidy(() => correlate(x as tf.Tensor4D, d as tf.Tensor4D, axes)),
    get overlap() {
      return overlap(down) * overlap(across);
    },
    inputRows: (x) => [windowRows(x as tf.Tensor4D, axes, windows)],
    outputRows: (d) => [channelRows(d)],
    seen: (perInput) =>
      // Between entries that are spread lie zeros.
      perInput
        .div(down.spread * across.spread)
        .tile<tf.Tensor1D>([down.kernel * across.kernel])
        .expandDims(0),
    impulses: (channels) => {
      const around = [aroundImpulses(down), aroundImpulses(across)] as const;
      return {x: impulseImages(around, tf.eye(channels)), windows: convolution(around)};
    },
  };
  return windows;
}

function convolve(x: tf.Tensor4D, filter: tf.Tensor4D, axes: Axes): tf.Tensor4D {
  const [down, across] = axes;
  const {images, padding} = laidOut(x, axes);
  const strides: [number, number] = [down.stride, across.stride];
  return tf.conv2d(images, filter, strides, padding, 'NHWC', [down.dilation, across.dilation]);
}

/**
 * P(x)ᵀ d as one more convolution, of x with d as its filter: no window is written out.
 *
 *     (P(x)ᵀ d)[k, c, o] = Σ_b Σ_p x̂[b, stride · p + dilation · k, c] d[b, p, o]
 *
 * Channels take the place of the batch, the batch that of the channels, and stride and dilation
 * each other's.
 */
function correlate(x: tf.Tensor4D, d: tf.Tensor4D, axes: Axes): tf.Tensor2D {
  const [down, across] = axes;
  const channelImages = padded(x, axes).transpose<tf.Tensor4D>([3, 1, 2, 0]);
  const filter = d.transpose<tf.Tensor4D>([1, 2, 0, 3]);
  const strides: [number, number] = [down.dilation, across.dilation];
  const dilations: [number, number] = [down.stride, across.stride];
  const taps = tf.conv2d(channelImages, filter, strides, 'valid', 'NHWC', dilations);
  return taps.transpose([1, 2, 0, 3]).reshape([-1, d.shape[3]]);
}

/** P(x) without writing it out, except for as many rows as asked for. */
function windowRows(x: tf.Tensor4D, axes: Axes, windows: Windows): ImplicitRows {
  const [down, across] = axes;
  const [batch, , , channels] = x.shape;
  const shape: [number, number] = [
    batch * down.output * across.output,
    down.kernel * across.kernel * channels,
  ];
  return {
    shape,
    correlation: (d) =>
      windows.correlation(x, d.reshape([batch, down.output, across.output, d.shape[1]])),
    sample: (most) =>
      tf.tidy(() => {
        const ratio = Math.max(1, shape[0] / most);
        // An axis with few outputs, as that of a sequence, leaves it to the other one.
        const every = Math.ceil(
          Math.max(Math.sqrt(ratio), ratio / Math.min(down.output, across.output)),
        );
        const taken = patches(x, [thinned(down, every), thinned(across, every)]);
        return taken.transpose([0, 2, 1]).reshape([-1, shape[1]]);
      }),
  };
}
