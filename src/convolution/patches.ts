import * as tf from '@tensorflow/tfjs';
import {type Axes, padded} from './layout';

/**
 * P: what each output of a convolution sees of its input, written out.
 *
 * @param images `[batch, height, width, channels]`.
 * @returns `[batch, output height, output width, kernel height · kernel width · channels]`, a tap
 * after the other, the channels of each together.
 */
export function patches(images: tf.Tensor4D, axes: Axes): tf.Tensor4D {
  const [down, across] = axes;
  const whole = padded(images, axes, [down.stride - 1, across.stride - 1]);
  const lines = (k: number) => every(whole, 1, k * down.dilation, down);
  const places = (of: tf.Tensor4D, k: number) => every(of, 2, k * across.dilation, across);
  const taps = indices(down.kernel).flatMap((row) => {
    const seen = lines(row);
    return indices(across.kernel).map((column) => places(seen, column));
  });
  return taps.length === 1 ? taps[0] : tf.concat4d(taps, 3);
}

/**
 * The entries start, start + stride, ... along axis 1 or 2. By slices of matrices, which wasm
 * copies line by line: it goes through a strided slice entry by entry, and through a slice of
 * images pixel by pixel.
 */
function every(
  images: tf.Tensor4D,
  axis: 1 | 2,
  start: number,
  {output, stride}: {output: number; stride: number},
): tf.Tensor4D {
  const shape = [...images.shape];
  const inner = product(shape.slice(axis + 1));
  const lines = images.reshape<tf.Tensor2D>([product(shape.slice(0, axis)), shape[axis] * inner]);
  const part = columns(lines, start * inner, output * stride * inner);
  shape[axis] = output;
  if (stride === 1) return part.reshape(shape as tf.Tensor4D['shape']);
  const groups = part.reshape<tf.Tensor2D>([-1, stride * inner]);
  return columns(groups, 0, inner).reshape(shape as tf.Tensor4D['shape']);
}

function columns(matrix: tf.Tensor2D, start: number, count: number): tf.Tensor2D {
  return matrix.slice([0, start], [matrix.shape[0], count]);
}

function product(numbers: number[]): number {
  return numbers.reduce((all, number) => all * number, 1);
}

function indices(count: number): number[] {
  return Array.from({length: count}, (_, i) => i);
}
