import * as tf from '@tensorflow/tfjs';
import {quotient} from '../tensors/choose';
import {sumOf} from '../tensors/sum_of';
import type {Influence} from './index';

/**
 * The paper's influence with the change that a layer's target really causes in place of the one it
 * was meant to cause.
 *
 *     s_{l−1} = κ_l s_l,   κ_l = ⟨d_l, J_l d_{l−1}⟩ / ‖d_{l−1}‖² ≥ 0,   s_L = 1
 *                                                                       (after Bengio 2020, §8)
 * With the part of a target that is reached, ρ_l = ⟨d_l, J_l d_{l−1}⟩ / ‖d_l‖², that is
 *
 *     s_{l−1} = (∏_{k ≥ l} ρ_k) ‖d_L‖² / ‖d_{l−1}‖²
 *
 * Equal to `paper` when the inverses are exact (ρ = 1), and independent of the scale of the
 * decoder: where g is c times too large, κ is 1/c times. The denominator is
 * the norm of what the layer above sent, before stock layers in between carried it further: exact
 * for those whose Jacobian M has M Mᵀ ∝ I (pooling, flattening, scaling). A layer that feeds
 * several takes the mean of κ s over them, weighed by ‖d_{l−1}‖².
 *
 * An arm of a branch counts as a layer with f(h_A) = h_A and the target h_A + d_i; all m of them sent
 * d_A together, each ‖d_A‖² / m of it:
 *
 *     s_A = Σ_i s_i ⟨d_i, d_A⟩ / ‖d_A‖²                           (at least 0)
 *
 * So s_A ‖d_A‖² is the product of d_A with Σ_i s_i d_i, and s_i d_i estimates the part of −β
 * ∂L/∂h_A that comes over arm i: its product with d_i is known, s_i ‖d_i‖². For an
 * arm that goes to the loss past all paired layers d_i is that part, and s_i = 1. Exact where every
 * arm has J Jᵀ ∝ I and an exact inverse.
 */
export const measured: Influence = {
  scale: ({squaredNorm, consumers}) => {
    if (consumers.length === 0) return tf.onesLike(squaredNorm);
    return tf.tidy(() => {
      const shares = consumers.map(({influence, gain}) => influence.mul<tf.Tensor1D>(gain));
      if (shares.length === 1) return shares[0].relu();
      const sent = consumers.map((consumer) => consumer.squaredNorm);
      const effects = shares.map((share, i) => share.mul<tf.Tensor1D>(sent[i]));
      return quotient(sumOf(effects), sumOf(sent)).relu();
    });
  },
};
