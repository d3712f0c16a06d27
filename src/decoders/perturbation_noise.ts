import type * as tf from '@tensorflow/tfjs';
import {alias} from '../tensors/alias';
import {total} from '../tensors/total';
import type {DecoderBatch, DecoderState} from './index';

/** Weight of the present batch in the running mean of the mobilities. */
const MOBILITY_UPDATE = 0.1;

/** diag C: the running mean of σ'(h_{l−1})², of a first batch its own, `[in]`. */
export function mobilityOf(
  {mobility}: DecoderState,
  {mobility: batchMobility}: DecoderBatch,
  fresh: boolean,
): tf.Tensor1D {
  return fresh
    ? alias(batchMobility)
    : mobility.add(batchMobility.sub(mobility).mul(MOBILITY_UPDATE));
}

/**
 * μ = damping · mean diag Wᵀ C W, from Wᵀ `[out, features]` and the variances that each output
 * sees, `[features]` or `[out or 1, features or 1]`: a scalar.
 */
export function noiseOf(transposed: tf.Tensor2D, variances: tf.Tensor, damping: number) {
  return total(transposed.mul(variances).mul(transposed)).mul(damping / transposed.shape[0]);
}
