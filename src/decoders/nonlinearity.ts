import type * as tf from '@tensorflow/tfjs';
import {type Activation, activations} from '../activations/index';

/**
 * An element-wise φ with its derivative and its cancellation-free difference. For use within
 * `tf.tidy`: results are the caller's, or the argument as it is.
 */
export interface Nonlinearity extends Activation {
  /** φ(h), of the shape of h. */
  apply(h: tf.Tensor): tf.Tensor;
  /** Whether φ(h) = h, so that a map with it is affine. @defaultValue false */
  isIdentity?: boolean;
}

/** φ(h) = h. */
export const identity: Nonlinearity = {...activations.linear, apply: (h) => h, isIdentity: true};

/** φ = tanh, between the maps of a decoder. */
export const tanh: Nonlinearity = {...activations.tanh, apply: (h) => h.tanh()};

/** The σ of a layer; the identity where σ is not in `activations`. */
export function nonlinearityOf(own: {
  apply(h: tf.Tensor): tf.Tensor;
  getClassName(): string;
}): Nonlinearity {
  const {[own.getClassName()]: activation = activations.linear} = activations;
  if (activation === activations.linear) return identity;
  return {...activation, apply: (h) => own.apply(h)};
}
