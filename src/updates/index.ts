import type * as tf from '@tensorflow/tfjs';
import {example} from './example';
import {minibatch} from './minibatch';
import type {Penalty} from './penalty';

/** A least-squares problem: move x W + b by d for every row.       (Bengio 2020, §3, delta-dtp) */
export interface Rows<Input = tf.Tensor2D> {
  /** X, `[rows, in]`. */
  input: Input;
  /** D, the wanted changes, `[rows, out]`; of hidden layers balanced. */
  difference: tf.Tensor2D;
  /** Whether there is a bias to move, too. */
  useBias: boolean;
  /** What regularisers ask of W and b besides; null for nothing. @defaultValue null */
  penalty?: Penalty | null;
}

/** X, written out or not. */
export type InputRows = tf.Tensor2D | ImplicitRows;

/** X of many rows that it does not pay to write out, such as all windows of a batch of images. */
export interface ImplicitRows {
  /** Rows and inputs. */
  readonly shape: readonly [number, number];
  /** Xᵀ D, `[in, out]`. */
  correlation(d: tf.Tensor2D): tf.Tensor2D;
  /** About `most` of the rows, spread evenly; all of them, in their order, if there are no more. */
  sample(most: number): tf.Tensor2D;
}

/**
 * ΔW = Xᵀ A of few rows, not yet multiplied: a step finds out first how much of it to take.
 * `kernelChange` makes it.
 */
export interface KernelFactors {
  /** Xᵀ, `[in, rows]`. */
  transposed: tf.Tensor2D;
  /** A, `[rows, out]`. */
  coefficients: tf.Tensor2D;
}

/** The settings of a rule; `update` of the configuration, without what chooses. */
export interface UpdateOptions {
  /**
   * λ relative to the mean squared length of a row, for the rules that solve; with a bias at most
   * damping · (1 + 16 · variance of the rows) (see `ridgeInverse`). ≥ 0.
   */
  damping: number;
  /**
   * From how many rows at most to estimate Xᵀ X, where a rule takes it from many; null for all.
   *
   * @defaultValue null
   */
  gramRows?: number | null;
}

/** The changes of a layer's weights, and what they make of the rows; the caller's to dispose. */
export interface WeightChange {
  /** ΔW, `[in, out]`, or the factors that make it. */
  kernel: tf.Tensor2D | KernelFactors;
  /** Δb, `[out]`; null without a bias. */
  bias: tf.Tensor1D | null;
  /**
   * Of each output j, ⟨D_j, M_j⟩ with M = X ΔW + 1 Δb, how far the change moves the rows towards their targets:
   * `[out]`.
   */
  progress: tf.Tensor1D;
  /** ‖M‖², how far it moves them at all: a scalar; an estimate where `gramRows` is. */
  squaredMove: tf.Scalar;
  /** ‖ΔW‖²: a scalar; where ΔW is 0, rounding may take it slightly below 0. */
  squaredKernel: tf.Scalar;
}

/** How a layer's weights move so that its pre-activations move by D, from tensors that are lent. */
export type Update = (rows: Rows<InputRows>, options: UpdateOptions) => WeightChange;

/** The rules that `update.rule` chooses from. */
export const updates = {
  /** The damped least-squares fit of all rows at once (§3, delta-dtp over the stacked batch). */
  minibatch,
  /** The normalised delta rule, averaged over the rows (§3, delta-dtp, to the letter where an example is a row). */
  example,
};

/** The name of a rule: a key of {@link updates}. */
export type UpdateRule = keyof typeof updates;
