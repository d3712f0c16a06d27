import type {Nonlinearity} from '../nonlinearity';
import {linear} from './linear';
import {mirror} from './mirror';
import {mlp} from './mlp';

/**
 * The shape of a decoder: a chain of affine maps, each with a nonlinearity in front.
 *
 *     g(h) = φ_K(… φ_1(h) V_1 + c_1 …) V_K + c_K                      (Bengio 2020, §10.1)
 */
export interface DecoderArchitecture {
  /** Whether it takes `hidden` widths, and so has K > 1 maps; without them it is one map. */
  takesHidden: boolean;
  /** φ_1, in front of the first map, given the σ of the layer. */
  first: (own: Nonlinearity) => Nonlinearity;
  /**
   * What it reconstructs where the layer is directly linked to the one below: x = σ(h_{l−1}), or
   * h_{l−1} itself. Without such a link it is x.
   */
  reconstructs: 'input' | 'preActivation';
}

/** The architectures that a layer's `decoder.architecture` chooses from. */
export const decoderArchitectures = {linear, mirror, mlp};

/** The name of an architecture: a key of {@link decoderArchitectures}. */
export type DecoderArchitectureName = keyof typeof decoderArchitectures;
