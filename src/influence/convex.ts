import * as tf from '@tensorflow/tfjs';
import type {Influence} from './index';

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
  scale: ({squaredNorm, differenceScale, movingNorms}) =>
    tf.tidy(() => {
      const scale = differenceScale();
      const norm = squaredNorm.sqrt().mul(scale) as tf.Tensor1D;
      const norms = tf.stack(movingNorms());
      const moving = norms.greater(0);
      // Relative to the smallest, so that no square or reciprocal leaves the range of float32.
      const smallest = tf.where(moving, norms, norms.max(0, true)).min(0) as tf.Tensor1D;
      const total = smallest.divNoNan(norms).square().sum(0);
      const nearness = smallest.divNoNan(norm);
      return nearness.mul(scale).mul(nearness).divNoNan(total) as tf.Tensor1D;
    }),
};
