import * as tf from '@tensorflow/tfjs';
import type {Merge} from './index';

/**
 * `convex` with the influence that arms really have in place of the one that exact inverses would.
 *
 *     w_i = s_i / Σ_j s_j                                            (after Bengio 2020, §10.3, γ)
 *
 * s_i is the `measured` influence of h_A over arm i; all weights are 0 where every s_i is. s_i ∝
 * 1 / ‖d_i‖² where inverses are exact: then it is `convex`. A decoder that reaches only part of
 * its target makes ‖d_i‖ short, which `convex` takes for influence. s_i d_i estimates the part of
 * −β ∂L/∂h_A that comes over arm i, so d_A lies along the estimate of the whole.
 */
export const measured: Merge = (_differences, influences) =>
  tf.tidy(() => {
    const shares = tf.stack(influences());
    return shares.divNoNan(shares.sum(0, true)) as tf.Tensor2D;
  });
