import * as tf from '@tensorflow/tfjs';
import type {Rows, WeightChange} from '../../src/updates/index';
import {kernelChange} from '../../src/updates/kernel_change';
import type {Penalty} from '../../src/updates/penalty';
import {type Matrix, randomMatrix} from '../support/float64';

/** The weights' part of a change. */
type Weights = Pick<WeightChange, 'kernel' | 'bias'>;

/** X and D as tensors. */
export function rowsOf(input: Matrix, difference: Matrix, useBias: boolean): Rows {
  return {input: tf.tensor2d(input), difference: tf.tensor2d(difference), useBias};
}

/** Random X and D. */
export function randomRows(count: number, inputs: number, outputs: number, useBias: boolean): Rows {
  return rowsOf(randomMatrix(count, inputs, 1), randomMatrix(count, outputs, 2), useBias);
}

/** What a random gradient of regularisers asks for. */
export function penaltyFor(inputs: number, outputs: number, useBias: boolean): Penalty {
  return {
    kernel: tf.tensor2d(randomMatrix(inputs, outputs, 3)),
    bias: useBias ? tf.tensor1d(randomMatrix(1, outputs, 4)[0]) : null,
    curvature: 2,
    biasCurvature: 7,
  };
}

/** X, with a column of ones where there is a bias: `[rows, in + 1]`. */
export function augmented({input, useBias}: Rows): Matrix {
  return (input.arraySync() as Matrix).map((row) => (useBias ? [...row, 1] : row));
}

/** ΔW, with Δb as its last row where there is a bias: `[in + 1, out]`. */
export function stacked(change: Weights): tf.Tensor2D {
  const {kernel, bias} = made(change);
  return bias === null ? kernel : kernel.concat(bias.expandDims(0) as tf.Tensor2D);
}

/** A change whose ΔW is multiplied out. */
export function made<Change extends Pick<WeightChange, 'kernel'>>(change: Change) {
  return {...change, kernel: kernelChange(change.kernel)};
}

/** X ΔW + Δb: how far a change moves the outputs of the rows. */
export function effect({input}: Rows, change: Weights): tf.Tensor2D {
  const {kernel, bias} = made(change);
  return input.matMul(kernel).add(bias ?? 0) as tf.Tensor2D;
}

/** The same rows in another order. */
export function reordered({input, difference, useBias}: Rows, order: number[]): Rows {
  const indices = tf.tensor1d(order, 'int32');
  return {input: input.gather(indices), difference: difference.gather(indices), useBias};
}
