import * as tf from '@tensorflow/tfjs';
import type {Axis} from './geometry';

/** Vertical and horizontal. */
export type Axes = readonly [Axis, Axis];

/**
 * Images as the windows of a convolution run over them: spread out with zeros in between, and cut
 * where they reach too far.
 *
 * @param images `[batch, height, width, channels]`.
 * @returns The images, and what is still to pad: tfjs's convolutions do that themselves.
 */
export function laidOut(images: tf.Tensor4D, axes: Axes): {images: tf.Tensor4D; padding: Padding} {
  const spread = spreadOut(images, axes);
  const sides = axes.map((axis, i) => {
    const after = extent(axis) - axis.before - spread.shape[i + 1];
    return [axis.before, after] as [number, number];
  });
  const padding = sides.map((side) => side.map((n) => Math.max(n, 0)) as [number, number]);
  return {images: cut(spread, sides), padding: [[0, 0], padding[0], padding[1], [0, 0]]};
}

/** The same with all of it padded. */
export function padded(images: tf.Tensor4D, axes: Axes): tf.Tensor4D {
  const {images: cutImages, padding} = laidOut(images, axes);
  return padding.flat().every((n) => n === 0) ? cutImages : tf.pad4d(cutImages, padding);
}

type Padding = [[number, number], [number, number], [number, number], [number, number]];

/** How many entries the windows along an axis reach over. */
function extent({output, stride, kernel, dilation}: Axis): number {
  return stride * (output - 1) + dilation * (kernel - 1) + 1;
}

/** Zeros after every entry, `spread` − 1 of them. */
function spreadOut(images: tf.Tensor4D, [{spread: down}, {spread: across}]: Axes): tf.Tensor4D {
  if (down === 1 && across === 1) return images;
  const [batch, height, width, channels] = images.shape;
  const followed = (rows: tf.Tensor, zeros: number) =>
    tf.pad(rows, [
      [0, 0],
      [0, zeros],
    ]);
  const wide = followed(images.reshape([-1, channels]), (across - 1) * channels);
  const line = width * across * channels;
  const tall = followed(wide.reshape([-1, line]), (down - 1) * line);
  return tall.reshape([batch, height * down, width * across, channels]);
}

/** Leaves out entries where a padding is below 0. */
function cut(images: tf.Tensor4D, [[top, bottom], [left, right]]: [number, number][]): tf.Tensor4D {
  if (Math.min(top, bottom, left, right) >= 0) return images;
  const [batch, height, width, channels] = images.shape;
  const off = (n: number) => Math.max(-n, 0);
  return images.slice(
    [0, off(top), off(left), 0],
    [batch, height - off(top) - off(bottom), width - off(left) - off(right), channels],
  );
}
