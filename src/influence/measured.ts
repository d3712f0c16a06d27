import * as tf from '@tensorflow/tfjs';
import {quotient} from '../step/choose';
import {sumOf} from '../step/sum_of';
import type {Influence} from './index';

/**
 * The paper's influence with the change that a layer's target really causes in place of the one it
 * was meant to cause.
 *
 *     s_{l−1} = ρ_l s_l ‖d_l‖² / ‖d_{l−1}‖² = (∏_{k ≥ l} ρ_k) ‖d_L‖² / ‖d_{l−1}‖²,
 *     ρ_l = ⟨d_l, J_l d_{l−1}⟩ / ‖d_l‖² ≥ 0,   s_L = 1                     (after Bengio 2020, §8)
 *
 * Equal to `paper` when the inverses are exact (ρ = 1), and independent of the scale of the
 * decoder: where g is c times too large, ρ is too, and ‖d_{l−1}‖² is c² times. The denominator is
 * the norm of what the layer above sent, before stock layers in between carried it further: exact
 * for those whose Jacobian M has M Mᵀ ∝ I (pooling, flattening, scaling). A layer that feeds
 * several takes Σ ρ s ‖d‖² / Σ ‖d_{l−1}‖² over them.
 *
 * An arm of a branch counts as a layer with f(h_A) = h_A, whose target h_A + d_i is reached to
 * ρ_i = ⟨d_i, d_A⟩ / ‖d_i‖². As the parts ⟨w_i d_i, d_A⟩ add up to ‖d_A‖², whatever the weights,
 *
 *     s_A = Σ_i s_i ⟨d_i, d_A⟩ / ‖d_A‖²                           (at least 0)
 *
 * So s_A ‖d_A‖² is the product of d_A with Σ_i s_i d_i, and s_i d_i estimates the part of −β
 * ∂L/∂h_A that comes over arm i: its product with d_i is known, ρ s ‖d‖² of the layer above. For an
 * arm that goes to the loss past all paired layers d_i is that part, and s_i = 1. Exact where every
 * arm has J Jᵀ ∝ I and an exact inverse.
 */
export const measured: Influence = {
  scale: ({squaredNorm, consumers}) => {
    if (consumers.length === 0) return tf.onesLike(squaredNorm);
    return tf.tidy(() => {
      const effects = consumers.map(({gain, influence, target}) => influence.mul(target).mul(gain));
      const changes = consumers.map((consumer) => consumer.squaredNorm);
      return quotient(sumOf(effects), sumOf(changes)).relu();
    });
  },
};
