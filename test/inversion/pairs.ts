import * as tf from '@tensorflow/tfjs';
import type {AutoEncoder, Inversion} from '../../src/inversion/index';
import {invert, type Start} from '../../src/inversion/iterate';
import {identity, type Matrix, randomMatrix, scaled, sum} from '../support/float64';

/** I + 0.2 N: a random matrix far from singular. */
export function wellConditioned(n: number, seed: number): Matrix {
  return sum(identity(n), scaled(randomMatrix(n, n, seed), 0.2));
}

/** f(x) = x A and g(y) = y G for rows x and y. */
export function linearPair(a: Matrix, g: Matrix): AutoEncoder {
  return {encode: times(a), decode: times(g)};
}

/** f(x) = tanh(x A) and g(y) = y G for rows x and y. */
export function tanhPair(a: Matrix, g: Matrix): AutoEncoder {
  return {encode: (x) => tf.tidy(() => times(a)(x).tanh()), decode: times(g)};
}

/** f(x) = tanh(x A) and the curved g(y) = (y + y³) G for rows x and y. */
export function curvedPair(a: Matrix, g: Matrix): AutoEncoder {
  const {encode} = tanhPair(a, g);
  return {encode, decode: (y) => tf.tidy(() => times(g)(y.add(y.pow(3))))};
}

function times(a: Matrix): (rows: tf.Tensor) => tf.Tensor {
  return (rows) => tf.tidy(() => rows.matMul(tf.tensor2d(a)));
}

/** x after so many iterations of the bare scheme, wherever they lead. */
export function iterated(
  scheme: Inversion,
  pair: AutoEncoder,
  target: tf.Tensor,
  iterations: number,
  start: Start | null,
): tf.Tensor {
  return tf.tidy(() => invert(scheme, pair, target, {iterations, safeguard: false}, start).x);
}
