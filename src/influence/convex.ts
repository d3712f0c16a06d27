import * as tf from '@tensorflow/tfjs';
import type {Influence} from './index';

/** Above any squared norm in float32. */
const LARGEST = 3e38;

/**
 * The paper's shares, scaled so that together the layers bring h_L to τ_L.
 *
 *     s_l = (1 / ‖τ_l − h_l‖²) / Σ_k 1 / ‖τ_k − h_k‖²              (after Bengio 2020, §8)
 *
 * "Any convex combination of the DTP1 updates would produce the desired target on h_L": this one
 * keeps the ratios of `paper`. The sum is over the layers that move and have a target; 0 where
 * τ_l = h_l. In a net with several paths, one path alone gets less than the whole.
 */
export const convex: Influence = {
  scale: ({squaredNorm, movingSquaredNorms}) =>
    tf.tidy(() => {
      // Relative to the smallest, so that no reciprocal overflows.
      const norms = movingSquaredNorms();
      const present = norms.map((norm) => tf.where(norm.greater(0), norm, LARGEST));
      const smallest = tf.stack(present).min(0) as tf.Tensor1D;
      const weight = (norm: tf.Tensor1D) => smallest.divNoNan(norm) as tf.Tensor1D;
      return weight(squaredNorm).divNoNan(tf.addN(norms.map(weight)));
    }),
};
