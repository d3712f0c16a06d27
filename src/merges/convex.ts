import * as tf from '@tensorflow/tfjs';
import {norms} from '../tensors/per_example';
import type {Merge} from './index';

/**
 * Averages the targets, with more weight on those that are closer: a smaller change that has the
 * same effect on the output has more influence.
 *
 *     w_i = (1 / ‖d_i‖²) / Σ_j (1 / ‖d_j‖²)                       (Bengio 2020, §10.3, γ)
 *
 * An arm with d_i = 0 asks for nothing and has weight 0; the others' weights sum to 1. Where one
 * arm alone carries the change, the merged target makes all of it. Where several do, they add up:
 * arms of scalar gains a, b make (a + b)² / (a² + b²) of it.
 */
export const convex: Merge = (differences) =>
  tf.tidy(() => {
    const lengths = tf.stack(differences.map(norms));
    const active = lengths.greater(0);
    const shortest = tf.where(active, lengths, lengths.max(0, true)).min(0, true);
    // Relative to the shortest, as 1 / ‖d‖² alone leaves the range of float32.
    const closeness = shortest.divNoNan(lengths).square();
    return closeness.divNoNan(closeness.sum(0, true)) as tf.Tensor2D;
  });
