import type {DecoderArchitecture} from './index';

/**
 * The layer's own parametrisation upside-down, from pre-activation to pre-activation.
 *
 *     g(h_l) = σ(h_l) Ω + c ≈ h_{l−1}                            (Bengio 2020, §9, Algorithm)
 *
 * σ is the layer's own activation; the identity where that has no difference in closed form
 * (softmax). Ω sees h_l through σ: what a saturated unit does is lost.
 */
export const mirror: DecoderArchitecture = {
  takesHidden: false,
  first: (own) => own,
  reconstructs: 'preActivation',
};
