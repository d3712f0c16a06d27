import * as tf from '@tensorflow/tfjs';
import {elu} from './elu';
import {hardSigmoid, linear, relu, relu6} from './piecewise_linear';
import {sigmoid} from './sigmoid';
import {softplus} from './softplus';
import {tanh} from './tanh';

/**
 * What the inversion needs of an element-wise activation x = σ(h) besides σ itself.
 *
 * Shapes: h (pre-activation), x = σ(h), e (a displacement of h) and both results are the same.
 */
export interface Activation {
  /** σ'(h), 0 at a kink between a slope and a flat part. */
  derivative(h: tf.Tensor, x: tf.Tensor): tf.Tensor;
  /**
   * σ(h + e) − σ(h), without the cancellation that subtracting two evaluations suffers: targets are
   * tiny displacements, and float32 would lose them under the rounding error of h.
   */
  difference(h: tf.Tensor, x: tf.Tensor, e: tf.Tensor): tf.Tensor;
}

/**
 * The activations through which two directly linked layers are inverted as one f(h) = W σ(h) + b.
 *
 * The keys are tfjs's own class names of its activations. An activation that is not listed (softmax
 * mixes units; others have no closed-form difference here) is treated as a stock layer in between:
 * targets pass it by its ordinary vector–Jacobian product.
 */
export const activations: Readonly<Record<string, Activation>> = Object.fromEntries(
  Object.entries({elu, hardSigmoid, linear, relu, relu6, sigmoid, softplus, tanh}).map(
    ([className, activation]) => [className, tidied(activation)],
  ),
);

function tidied({derivative, difference}: Activation): Activation {
  return {
    derivative: (h, x) => tf.tidy(() => derivative(h, x)),
    difference: (h, x, e) => tf.tidy(() => difference(h, x, e)),
  };
}
