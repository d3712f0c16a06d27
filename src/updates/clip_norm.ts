import * as tf from '@tensorflow/tfjs';
import {total} from '../tensors/total';

/**
 * Shortens changes that are too long all together.
 *
 *     min(1, limit / n) ΔW_l,   n² = Σ_l ‖ΔW_l‖²
 *
 * n is the global norm over all entries of all tensors, so that directions stay as they are.
 *
 * @param limit Above 0.
 */
export function clipNorm(changes: tf.Tensor[], limit: number): tf.Tensor[] {
  if (changes.length === 0) return [];
  return tf.tidy(() => {
    const squares = changes.map((change) => total(change.square()));
    const norm = tf.addN(squares).sqrt();
    const part = tf.scalar(limit).div(norm.maximum(limit));
    return changes.map((change) => change.mul(part));
  });
}
