import * as tf from '@tensorflow/tfjs';
import type {AutoEncoder, Inversion} from './index';

/** Where an inversion starts: at a point whose image is known. */
export interface Start {
  x: tf.Tensor;
  y: tf.Tensor;
}

/**
 * Finds x with f(x) = τ by a number of iterations of a scheme: the only loop of its kind.
 *
 * @param scheme One of `inversions`.
 * @param pair f and g.
 * @param target τ, `[batch, ...output]`.
 * @param iterations How many steps, 0 or more. Zero steps from no start give g(τ).
 * @param start The x to start from, with its image y = f(x); null starts from g(τ).
 * @returns x, `[batch, ...input]`.
 */
export function invert(
  scheme: Inversion,
  pair: AutoEncoder,
  target: tf.Tensor,
  iterations: number,
  start: Start | null,
): tf.Tensor {
  return tf.tidy(() => {
    if (scheme.step === null) return pair.decode(target);
    let x = start === null ? pair.decode(target) : start.x;
    for (let t = 0; t < iterations; t++) {
      const y = t === 0 && start !== null ? start.y : pair.encode(x);
      x = scheme.step(pair, target, x, y);
    }
    return x === start?.x ? x.clone() : x;
  });
}

/** g(y + e) − g(y), by the pair's own shortcut where it has one. */
export function decodeDifference(pair: AutoEncoder, y: tf.Tensor, e: tf.Tensor): tf.Tensor {
  return pair.decodeDifference === undefined
    ? pair.decode(y.add(e)).sub(pair.decode(y))
    : pair.decodeDifference(y, e);
}
