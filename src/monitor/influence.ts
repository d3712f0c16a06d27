import type * as tf from '@tensorflow/tfjs';
import {logScaleOf} from '../targets/scale_down';
import type {Diagnostic} from './index';

/** What `influence` measures of a call: s_l ≥ 0, without unit. */
export interface InfluenceStatistics {
  /** The mean over the examples. */
  mean: number;
  /** The smallest. */
  min: number;
  /** The largest. */
  max: number;
}

/**
 * s_l, the share of its step that a layer takes, over the examples of the batch.
 *
 *     Δh_l = s_l (τ_l − h_l) / β · learning rate                            (Bengio 2020, §8)
 */
export const influence: Diagnostic<InfluenceStatistics> = () => (record) => {
  // In float64: below many layers c_l has left the range of float32, and s_l too.
  const logScales = logScaleOf(record).dataSync();
  const ofScaled = Array.from((record.influence as tf.Tensor1D).dataSync());
  const shares = ofScaled.map((share, b) => share * Math.exp(-logScales[b]));
  return {
    mean: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    min: shares.reduce((least, share) => Math.min(least, share)),
    max: shares.reduce((most, share) => Math.max(most, share)),
  };
};
