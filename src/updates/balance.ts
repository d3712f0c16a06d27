import * as tf from '@tensorflow/tfjs';
import {sumOfRows} from '../tensors/total';

/**
 * By what factor to scale what is wanted of each unit of a hidden layer, so that a few units do not do all the
 * learning.
 *
 *     k_j = c (m_j + m̄ / B)^(−a/2),   m_j = mean over rows of D_j²,   m̄ = mean over units of m_j
 *
 * with c such that ‖D k‖ = ‖D‖. Of all changes of a hidden layer that give the layer above what it wants, an
 * inverse finds about the smallest, and most of that falls to the units with the largest weights above; for a = 1
 * every unit moves about as far as any other. m̄ / B is as if one more example wanted the same of all units: of a
 * few examples m_j tells little. For a = 1 it is the root by which Adafactor divides columns (Shazeer and Stern
 * 2018); for the rows of a kernel the rules use their whole metric. A heuristic of ours; the paper has a = 0.
 *
 * @param differences D of each group of outputs, `[rows, out / groups]`; borrowed.
 * @param power a, in [0, 1].
 * @param examples B, at least 1.
 * @returns k, `[out]`; the caller's to dispose.
 */
export function balance(differences: tf.Tensor2D[], power: number, examples: number): tf.Tensor1D {
  return tf.tidy(() => {
    const squares = tf.concat1d(differences.map((ofGroup) => sumOfRows(ofGroup.square())));
    const present = squares.add(TINY);
    const relative = present.div(present.mean());
    const metric = relative.add(1 / examples).pow<tf.Tensor1D>(-power);
    return metric.div<tf.Tensor1D>(relative.mul(metric).mean()).sqrt();
  });
}

/** Far below all squares that matter, so that units of which nothing is wanted are alike, and not 0 / 0. */
const TINY = 1e-30;
