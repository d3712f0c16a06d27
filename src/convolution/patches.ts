import * as tf from '@tensorflow/tfjs';
import {type Axes, laidOut} from './layout';

/**
 * P: what each output of a convolution sees of its input, written out.
 *
 * By a depthwise convolution, each of whose filters picks one tap: one call of a kernel, where slices
 * would take as many as there are taps, and wasm four times as long.
 *
 * @param images `[batch, height, width, channels]`.
 * @returns `[rows, channels, taps]`, a row for each output.
 */
export function patches(images: tf.Tensor4D, axes: Axes): tf.Tensor3D {
  return tf.tidy(() => {
    const [down, across] = axes;
    const channels = images.shape[3];
    const {images: cutImages, padding} = laidOut(images, axes);
    const strides: [number, number] = [down.stride, across.stride];
    const picked = tf.depthwiseConv2d(cutImages, picks(axes, channels), strides, padding);
    return picked.reshape([-1, channels, down.kernel * across.kernel]);
  });
}

/**
 * Filters of a single 1 at the place of each tap, the same for all channels. With dilation they have
 * zeros in between: tfjs convolves with strides or with dilation, not with both.
 */
function picks([down, across]: Axes, channels: number): tf.Tensor4D {
  const [height, width] = [down, across].map(({kernel, dilation}) => dilation * (kernel - 1) + 1);
  const filters = tf.buffer<tf.Rank.R4>([height, width, channels, down.kernel * across.kernel]);
  for (let row = 0; row < down.kernel; row++) {
    for (let column = 0; column < across.kernel; column++) {
      const tap = row * across.kernel + column;
      for (let channel = 0; channel < channels; channel++) {
        filters.set(1, row * down.dilation, column * across.dilation, channel, tap);
      }
    }
  }
  return filters.toTensor();
}
