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
 * The entries start, start + stride, ... along axis 1 or 2: by reshapes and slices, which are far
 * quicker than a strided slice on wasm.
 */
function every(
  images: tf.Tensor4D,
  axis: 1 | 2,
  start: number,
  {output, stride}: {output: number; stride: number},
): tf.Tensor4D {
  const begin = [0, 0, 0, 0];
  begin[axis] = start;
  const size = [...images.shape];
  size[axis] = output * stride;
  const part = images.slice(begin, size);
  if (stride === 1) return part;
  const inner = size.slice(axis + 1).reduce((product, n) => product * n, 1);
  const firsts = part.reshape([-1, stride * inner]).slice([0, 0], [-1, inner]);
  size[axis] = output;
  return firsts.reshape(size);
}

function indices(count: number): number[] {
  return Array.from({length: count}, (_, i) => i);
}
