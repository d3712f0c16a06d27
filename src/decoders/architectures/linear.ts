import {identity} from '../nonlinearity';
import type {DecoderArchitecture} from './index';

/**
 * One affine map back to the layer's input.
 *
 *     g(h_l) = h_l G + c ≈ x_l,   of a convolution Pᵀ(h_l G) + c
 *
 * With the iterations of §6 it need not invert precisely.                    (Bengio 2020, §10.1)
 */
export const linear: DecoderArchitecture = {
  takesHidden: false,
  first: () => identity,
  reconstructs: 'input',
};
