import type * as tf from '@tensorflow/tfjs';
import {depthwise} from '../convolution/depthwise';
import {convolved, type Padding, type Taps} from '../convolution/geometry';

/**
 * A depthwise kernel as the map of a paired layer: of each input channel by itself.
 *
 * @param kernel `[height, width, in, multiplier]`.
 * @param taps Down and across.
 */
export function depthwiseParts(
  kernel: tf.LayerVariable,
  [down, across]: [Taps, Taps],
  padding: Padding,
) {
  const [height, width, inputs, multiplier] = kernel.shape as number[];
  const [features, out] = [height * width, inputs * multiplier];
  return {
    features,
    out,
    inputs,
    kernel,
    windows: (size: [number, number]) =>
      depthwise(
        [convolved(size[0], down, padding), convolved(size[1], across, padding)],
        multiplier,
      ),
    toMatrix: (stock: tf.Tensor) => stock.reshape<tf.Tensor2D>([features, out]),
    fromMatrix: (matrix: tf.Tensor2D) => matrix.reshape([height, width, inputs, multiplier]),
  };
}
