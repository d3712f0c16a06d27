import * as tf from '@tensorflow/tfjs';
import {tidyRecord} from '../tensors/tidy_record';
import {sumOfRows} from '../tensors/total';

/**
 * How many times more of what is wanted of it each unit of a hidden layer is to follow, so that no few units do
 * all the learning.
 *
 *     s_j = c (m_j + m̄ / B)^(−a/2),   m_j = mean over rows of D_j²,   m̄ = mean over units of m_j
 *
 * with c such that ‖D s‖ = ‖D‖. Of all changes of a hidden layer that give the layer above what it wants, an
 * inverse finds the smallest, and most of that falls to the units with the largest weights above; for a = 1 every
 * unit moves about as far as any other. m̄ / B is as if one more example wanted the same of all units: of a
 * few examples m_j tells little. It is the diagonal metric of the outputs of a layer, to the power that Adafactor
 * has it in (Shazeer and Stern 2018), next to the metric of its inputs, of which the rules solve the whole. A
 * heuristic of ours; the paper has a = 0.
 *
 * @param differences D of each group of outputs, `[rows, out / groups]`; borrowed.
 * @param power a, in [0, 1].
 * @param examples B, at least 1.
 * @returns s of each group, `[out / groups]`; the caller's to dispose.
 */
export function balance(
  differences: tf.Tensor2D[],
  power: number,
  examples: number,
): tf.Tensor1D[] {
  return tidyRecord(() => {
    const squares = differences.map((difference) => sumOfRows(difference.square()));
    const all = squares.length === 1 ? squares[0] : tf.concat1d(squares);
    // Where nothing at all is wanted, the same of every unit.
    const seen = all.add(TINY);
    const relative = seen.div(seen.mean());
    const metric = relative.add(1 / examples).pow(-power);
    const scales = metric.div<tf.Tensor1D>(relative.mul(metric).mean()).sqrt<tf.Tensor1D>();
    return tf.split(
      scales,
      squares.map(({size}) => size),
    ) as tf.Tensor1D[];
  });
}

/** Smaller squares are no longer those of what is wanted, but of its rounding. */
const TINY = 1e-30;
