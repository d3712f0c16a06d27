import * as tf from '@tensorflow/tfjs';
import type {Influence} from './index';

/**
 * The paper's influence with the change that a layer's target really causes in place of the one it
 * was meant to cause.
 *
 *     s_{l−1} = ρ_l s_l ‖d_l‖² / ‖d_{l−1}‖² = (∏_{k ≥ l} ρ_k) ‖d_L‖² / ‖d_{l−1}‖²,
 *     ρ_l = ⟨d_l, J_l d_{l−1}⟩ / ‖d_l‖²                       (after Bengio 2020, §8; 1 at the output)
 *
 * Equal to `paper` when the inverses are exact (ρ = 1), and independent of the scale of the decoder:
 * where g is c times too large, ρ is too, and ‖d_{l−1}‖² is c² times. The denominator is the norm of
 * what the layer above sent, before stock layers in between carried it further: exact for those
 * whose Jacobian M has M Mᵀ ∝ I (pooling, flattening, scaling). A layer that feeds several takes
 * Σ ρ s ‖d‖² / Σ ‖d_{l−1}‖² over them.
 */
export const measured: Influence = {
  scale: ({squaredNorm, consumers}) => {
    if (consumers.length === 0) return tf.onesLike(squaredNorm);
    return tf.tidy(() => {
      const effects = consumers.map(({gain, influence, target}) => influence.mul(target).mul(gain));
      const changes = consumers.map((consumer) => consumer.squaredNorm);
      return tf.addN(effects).divNoNan(tf.addN(changes));
    });
  },
};
