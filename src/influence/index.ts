import type * as tf from '@tensorflow/tfjs';
import {convex} from './convex';
import {measured} from './measured';
import {none} from './none';
import {paper} from './paper';
import {uniform} from './uniform';

/** What a layer, or an arm of a branch, sent towards its input. */
export interface PassedDown {
  /** ‖d_{l−1}‖², `[batch]`; of each of m arms that have a target ‖d_A‖² / m of the branch's. */
  squaredNorm: tf.Tensor1D;
  /**
   * κ_l = ⟨d_l, J_l d_{l−1}⟩ / ‖d_{l−1}‖², how much of d_l is reached per unit of what was sent, `[batch]`, or
   * a scalar for all examples: ≥ 0. Of an arm m ⟨d_i, d_A⟩ / ‖d_A‖², which may be negative.
   */
  gain: tf.Tensor;
}

/** What is known of a layer when its share of the step is decided. */
export interface InfluenceContext {
  /** ‖d_l‖², `[batch]`. */
  squaredNorm: tf.Tensor1D;
  /** c_l in τ_l − h_l = c_l d_l, 1 unless differences are `scaled`; `[batch]`. */
  differenceScale: () => tf.Tensor1D;
  /** ‖τ_L − h_L‖² summed over the output layers that this one leads to, `[batch]`. */
  outputSquaredNorm: () => tf.Tensor1D;
  /** ‖τ_l − h_l‖ of each call of a layer that moves and has a target, `[batch]`. */
  movingNorms: () => tf.Tensor1D[];
  /** For each layer or arm that this one feeds: what it sent down, and its own share. */
  consumers: Array<
    PassedDown & {
      /** Its own s c, `[batch]`. */
      influence: tf.Tensor1D;
    }
  >;
  /** L, the number of calls of layers that move and have a target. */
  layers: number;
}

/**
 * How much of its step a layer takes: s_l in Δ h_l = s_l (τ_l − h_l) = s_l c_l d_l.
 *                                                                             (Bengio 2020, §8)
 */
export interface Influence {
  /**
   * s_l c_l of every example, `[batch]`, the caller's to dispose; c_l = 1 unless differences are
   * `scaled`.
   */
  scale(context: InfluenceContext): tf.Tensor1D;
}

/** The weightings that `influence` chooses from. */
export const influences = {measured, paper, convex, uniform, none};

/** The name of a weighting: a key of {@link influences}. */
export type InfluenceName = keyof typeof influences;
