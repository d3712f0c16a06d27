import * as tf from '@tensorflow/tfjs';
import {convolution} from '../../src/convolution/convolution';
import {depthwise} from '../../src/convolution/depthwise';
import {adjoint, convolved} from '../../src/convolution/geometry';
import type {Windows} from '../../src/convolution/windows';
import type {DecoderLearningOptions, DecoderObjective} from '../../src/decoders/index';
import {randomMatrix, scaled} from '../support/float64';

/** Channels of h. */
export const OUT = 4;
const down = convolved(4, {kernel: 2, stride: 1}, 'same');
const across = convolved(5, {kernel: 3, stride: 2}, 'same');

/** Layers that see windows of 4×5 or 4×3 places with two channels. */
export const kinds: Record<string, {windows: Windows; size: [number, number]; features: number}> = {
  convolution: {windows: convolution([down, across]), size: [4, 5], features: 12},
  'transposed convolution': {
    windows: convolution([adjoint(down), adjoint(across)]),
    size: [4, 3],
    features: 12,
  },
  'depthwise convolution': {windows: depthwise([down, across], 2), size: [4, 5], features: 6},
};

/** Such a layer, a batch of six through it, and a decoder with any weights. */
export function layerOf({windows, size, features}: (typeof kinds)[string]) {
  const encoder = tf.tensor2d(scaled(randomMatrix(features, OUT, 1), 0.5));
  const input = tf.randomNormal([6, ...size, 2], 0.5, 1, 'float32', 2);
  const output = windows.product(input, encoder, tf.tensor1d([0.1, -0.2, 0.3, 0]));
  return {
    windows,
    batch: {encoder, input, output, windows, mobility: tf.ones([2]) as tf.Tensor1D},
    state: {
      kernel: tf.tensor2d(scaled(randomMatrix(OUT, features, 4), 0.3)),
      bias: tf.tensor1d([0.5, -0.5]),
      mobility: tf.ones([2]) as tf.Tensor1D,
      direction: tf.tensor2d(randomMatrix(OUT, features, 5)),
    },
  };
}

export type Layer = ReturnType<typeof layerOf>;

/** The whole state of the layer's decoder after learning. */
export function learned(
  objective: DecoderObjective,
  {state, batch}: Layer,
  options: Partial<DecoderLearningOptions>,
) {
  const defaults = {damping: 0, ridge: 0, learningRate: 1, steps: 1, fresh: true, seed: 1};
  return {...state, ...objective(state, batch, {...defaults, ...options})};
}
