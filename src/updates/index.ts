import type * as tf from '@tensorflow/tfjs';
import {example} from './example';
import {minibatch} from './minibatch';

/** A least-squares problem: move x W + b by d for every row. */
export interface Rows {
  /** X, `[rows, in]`. */
  input: tf.Tensor2D;
  /** D, the wanted changes, `[rows, out]`. */
  difference: tf.Tensor2D;
  /** Whether there is a bias to move, too. */
  useBias: boolean;
}

export interface UpdateOptions {
  /** λ relative to the mean squared length of a row, for the rules that solve. At least 0. */
  damping: number;
}

/** The changes of a layer's weights. */
export interface WeightChange {
  /** ΔW, `[in, out]`. */
  kernel: tf.Tensor2D;
  /** Δb, `[out]`; null without a bias. */
  bias: tf.Tensor1D | null;
  /** X ΔW + 1 Δb, what the change makes of the rows, `[rows, out]`. */
  moved: tf.Tensor2D;
}

/** How a layer's weights move so that its pre-activations move by D. */
export type Update = (rows: Rows, options: UpdateOptions) => WeightChange;

/** The rules that `update.rule` chooses from. */
export const updates = {minibatch, example};

export type UpdateRule = keyof typeof updates;
