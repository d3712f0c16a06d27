import * as tf from '@tensorflow/tfjs';
import type {Influence} from './index';

/**
 * Layers in which a smaller change has the same effect on the output take the larger share.
 *
 *     s_l = ‖τ_L − h_L‖² / ‖τ_l − h_l‖²                          (Bengio 2020, §8, Δ_DTP h_l)
 *
 * Assumes exact inverses: a decoder that reaches only part of the target makes the denominator
 * small and the share too large (`measured` corrects for that). 0 where τ_l = h_l.
 */
export const paper: Influence = {
  scale: ({squaredNorm, differenceScale, outputSquaredNorm}) =>
    // s_l c_l = ‖τ_L − h_L‖² / (c_l ‖d_l‖²), without a square of c_l that might overflow.
    tf.tidy(() => outputSquaredNorm().divNoNan(squaredNorm).div(differenceScale())),
};
