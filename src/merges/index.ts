import type * as tf from '@tensorflow/tfjs';
import {convex} from './convex';
import {measured} from './measured';
import {sum} from './sum';

/**
 * How the target differences that come back over the arms of a branch become one: the weights w_i
 * of every arm and example in d_A = Σ_i w_i d_i.
 *
 * Shapes: d_i = τ_iA − h_A `[batch, ...]`, one for each arm, at least one; the `measured`
 * influences s_i of the arms `[batch]`, if they are asked for; w `[arms, batch]`, the caller's to
 * dispose.
 *                                                                          (Bengio 2020, §10.3)
 */
export type Merge = (differences: tf.Tensor[], influences: () => tf.Tensor1D[]) => tf.Tensor2D;

/** The merges that `merge` of a branch, and `branches` of `dtp.convert`, choose from. */
export const merges = {measured, convex, sum};

/** The name of a merge: a key of {@link merges}. */
export type MergeName = keyof typeof merges;

/** How a branch merges if nothing else is said. */
export const defaultMerge: MergeName = 'measured';
