import * as tf from '@tensorflow/tfjs';
import {tidyRecord} from '../step/tidy_record';
import {transpose} from '../updates/transpose';
import type {DecoderBatch, DecoderLearningOptions, DecoderState} from './index';

/** Weight of the present batch in the running mean of the mobilities. */
const MOBILITY_UPDATE = 0.1;

/** Rounds of the power method a step; the direction is remembered, so that few are enough. */
const POWER_ROUNDS = 2;

/**
 * Learns to reconstruct perturbations of the input from what they do to a noisy output: a denoising
 * auto-encoder of differences, in every direction in which the input can move.
 *
 *     min E ‖ξ − (ξ W + ν) G‖²,   ξ ~ N(0, C),  ν ~ N(0, μI),  C = diag E[σ'(h_{l−1})²]
 *
 * Over infinitely many samples its gradient has a closed form, and a step is
 *
 *     G ← G + rate/top · ((C W)ᵀ − (Wᵀ C W + μI) G),   μ = damping · mean diag Wᵀ C W
 *
 * with top the leading eigenvalue of Wᵀ C W + μI. The optimum is the damped inverse
 * (Wᵀ C W + μI)⁻¹ (C W)ᵀ; any rate below 2 converges to it. The bias makes the mean reconstruction
 * error of the batch zero. (A reading of Bengio 2020, §10.2, in which g ∘ f should match the identity
 * around the data, not only on it.)
 */
export function perturbation(
  {kernel, mobility, direction}: DecoderState,
  {encoder, input, output, mobility: batchMobility}: DecoderBatch,
  {damping, learningRate, steps, fresh, seed}: DecoderLearningOptions,
): Partial<DecoderState> {
  return tidyRecord(() => {
    const c = fresh
      ? batchMobility.clone()
      : mobility.add(batchMobility.sub(mobility).mul(MOBILITY_UPDATE));
    const transposed = transpose(encoder);
    const wanted = transposed.mul(c) as tf.Tensor2D;
    const covariance = wanted.matMul(encoder) as tf.Tensor2D;
    const [outputs] = covariance.shape;
    const noise = wanted
      .mul(transposed)
      .sum()
      .mul(damping / outputs);
    const product = (a: tf.Tensor2D) => covariance.matMul(a).add(a.mul(noise)) as tf.Tensor2D;

    // A fixed start might be orthogonal to the leading eigenvector. (tfjs takes seed 0 for none.)
    let v: tf.Tensor = fresh
      ? tf.randomNormal([outputs, 1], 0, 1, 'float32', seed + 0.5)
      : direction.clone();
    let g = kernel.clone();
    for (let step = 0; step < steps; step++) {
      let top: tf.Tensor = tf.scalar(0);
      for (let round = 0; round < POWER_ROUNDS; round++) {
        const image = product(v as tf.Tensor2D);
        top = image.square().sum().sqrt();
        // Weights of zero have no leading direction; the one remembered is for later ones.
        v = tf.where(top.greater(0), image.div(top), v);
      }
      const descent = wanted.sub(product(g));
      g = g.add(descent.mul(tf.scalar(learningRate).divNoNan(top)));
    }
    const bias = input.mean(0).sub(output.mean(0, true).matMul(g).reshape([-1]));
    return {kernel: g, bias, mobility: c, direction: v} as DecoderState;
  });
}
