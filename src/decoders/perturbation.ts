import * as tf from '@tensorflow/tfjs';
import {tidyRecord} from '../step/tidy_record';
import {transpose} from '../updates/transpose';
import type {DecoderBatch, DecoderObjective, DecoderState} from './index';
import {leading, randomDirection} from './leading';
import {identity} from './nonlinearity';
import {mobilityOf, noiseOf} from './perturbation_noise';
import {sampledPerturbation} from './sampled_perturbation';

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
 * error of the batch zero. Decoders that are not linear learn from samples instead. (A reading of Bengio 2020, §10.2, in which g ∘ f should match the identity
 * around the data, not only on it.)
 */
export const perturbation: DecoderObjective = (state, batch, options) =>
  isLinear(batch)
    ? expectedPerturbation(state, batch, options)
    : sampledPerturbation(state, batch, options);

const expectedPerturbation: DecoderObjective = (
  state,
  batch,
  {damping, learningRate, steps, fresh, seed, descend = null},
) =>
  tidyRecord(() => {
    const {encoder, input, output} = batch;
    const mobility = mobilityOf(state, batch, fresh);
    const transposed = transpose(encoder);
    const wanted = transposed.mul(mobility) as tf.Tensor2D;
    const covariance = wanted.matMul(encoder) as tf.Tensor2D;
    const noise = noiseOf(transposed, mobility, damping);
    const product = (a: tf.Tensor2D) => covariance.matMul(a).add(a.mul(noise)) as tf.Tensor2D;

    let direction = fresh ? randomDirection(output.shape[1], seed) : state.direction.clone();
    let kernel = state.kernel.clone();
    for (let step = 0; step < steps; step++) {
      const descent = wanted.sub(product(kernel)) as tf.Tensor2D;
      if (descend !== null) {
        [{kernel}] = descend([{kernel: descent, bias: null}]);
        continue;
      }
      const lead = leading(product, direction);
      direction = lead.direction;
      kernel = kernel.add(descent.mul(tf.scalar(learningRate).divNoNan(lead.top)));
    }
    const bias = input.mean(0).sub(output.mean(0, true).matMul(kernel).reshape([-1]));
    return {kernel, bias, mobility, direction} as Partial<DecoderState>;
  });

function isLinear({nonlinearities = [identity], below = null}: DecoderBatch): boolean {
  return nonlinearities.length === 1 && nonlinearities[0] === identity && below === null;
}
