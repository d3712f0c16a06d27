import type * as tf from '@tensorflow/tfjs';
import {type Activation, activations} from '../activations/index';

/** An element-wise φ with its derivative and its cancellation-free difference. */
export interface Nonlinearity extends Activation {
  /** φ(h). */
  apply(h: tf.Tensor): tf.Tensor;
}

/** φ(h) = h. */
export const identity: Nonlinearity = {...activations.linear, apply: (h) => h};

/** φ = tanh, between the maps of a decoder. */
export const tanh: Nonlinearity = {...activations.tanh, apply: (h) => h.tanh()};

/** The σ of a layer; the identity where σ is not in `activations`. */
export function nonlinearityOf(own: {
  apply(h: tf.Tensor): tf.Tensor;
  getClassName(): string;
}): Nonlinearity {
  const activation = activations[own.getClassName()];
  return activation === undefined ? identity : {...activation, apply: (h) => own.apply(h)};
}
