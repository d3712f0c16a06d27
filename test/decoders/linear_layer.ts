import * as tf from '@tensorflow/tfjs';
import type {
  DecoderBatch,
  DecoderLearningOptions,
  DecoderObjective,
  DecoderState,
} from '../../src/decoders/index';
import {type Matrix, randomMatrix, scaled} from '../support/float64';

/** A layer h = x W + b, a batch through it, and the state of a decoder that has never learned. */
export interface LinearLayer {
  /** W, `[in, out]`. */
  encoder: Matrix;
  /** b, `[out]`. */
  offset: number[];
  batch: DecoderBatch;
  state: DecoderState;
}

export function linearLayer({
  inputs,
  outputs,
  rows = 30,
  mobility = Array(inputs).fill(1) as number[],
}: {
  inputs: number;
  outputs: number;
  rows?: number;
  mobility?: number[];
}): LinearLayer {
  const encoder = scaled(randomMatrix(inputs, outputs, 1), 1 / Math.sqrt(inputs));
  const [offset] = randomMatrix(1, outputs, 2);
  const input = tf.tensor2d(randomMatrix(rows, inputs, 3));
  return {
    encoder,
    offset,
    batch: {
      encoder: tf.tensor2d(encoder),
      input,
      output: input.matMul(tf.tensor2d(encoder)).add(offset) as tf.Tensor2D,
      mobility: tf.tensor1d(mobility),
    },
    state: {
      kernel: tf.tensor2d(randomMatrix(outputs, inputs, 4)),
      bias: tf.tensor1d(randomMatrix(1, inputs, 5)[0]),
      mobility: tf.ones([inputs]),
      direction: tf.zeros([outputs, 1]),
    },
  };
}

/** The whole state of the layer's decoder after learning. */
export function learned(
  objective: DecoderObjective,
  {state, batch}: LinearLayer,
  options: Partial<DecoderLearningOptions>,
): DecoderState {
  const defaults = {damping: 1, ridge: 1, learningRate: 1, steps: 1, fresh: true, seed: 1};
  return {...state, ...objective(state, batch, {...defaults, ...options})};
}

/** h G + c. */
export function decode({kernel, bias}: DecoderState, output: tf.Tensor): tf.Tensor {
  return output.matMul(kernel).add(bias);
}
