import {identity} from '../nonlinearity';
import type {DecoderArchitecture} from './index';

/**
 * Hidden tanh layers, for the capacity to invert what one map cannot.
 *
 *     g(h_l) = tanh(… tanh(h_l V_1 + c_1) …) V_K + c_K ≈ x_l                (Bengio 2020, §10.1)
 *
 * It reconstructs x_l, not h_{l−1}: of a unit in the flat part of σ, x_l is known and h_{l−1} is
 * not. Learning it stays inside the layer: the chain rule runs through the decoder alone.
 */
export const mlp: DecoderArchitecture = {
  takesHidden: true,
  first: () => identity,
  reconstructs: 'input',
};
