import * as tf from '@tensorflow/tfjs';
import {rowByRow} from '../convolution/row_by_row';
import {alias} from '../tensors/alias';
import {readsAtOnce} from '../tensors/reads_at_once';
import {sumsOf} from '../tensors/sums_of';
import {tidyRecord} from '../tensors/tidy_record';
import {transpose} from '../tensors/transpose';
import type {DecoderBatch, DecoderObjective, DecoderState} from './index';
import {leading, randomDirection} from './leading';
import {meanOverPlaces} from './mean_over_places';
import {identity} from './nonlinearity';
import {mobilityOf, noiseOf} from './perturbation_noise';
import {sampledPerturbation} from './sampled_perturbation';
import {covarianceOfRows, covarianceOfWindows} from './white_noise';

/**
 * Learns to reconstruct perturbations of the input from what they do to a noisy output: a denoising
 * auto-encoder of differences, in every direction in which the input can move.
 *
 *     min E ‖c C⁻¹ ξ − (ξ W + ν) G‖²,   ξ ~ N(0, C),  ν ~ N(0, μI),
 *     C = diag E[σ'(h_{l−1})²],   c = mean diag C
 *
 * Where inputs move freely, C = I and the decoder is to find ξ. Otherwise a perturbation ξ of the input comes
 * from a move of h_{l−1} by ξ / σ'. What is decoded is multiplied by σ' on its way to h_{l−1} (see
 * `displacements`), so the decoder is to find ξ / σ'², for which C⁻¹ ξ stands; c keeps its mean size.
 *
 * Over infinitely many samples its gradient has a closed form, and a step is
 *
 *     G ← G + rate/top · (c Wᵀ − (Wᵀ C W + μI) G),   μ = damping · mean diag Wᵀ C W
 *
 * with top the leading eigenvalue of Wᵀ C W + μI. G `[out, in]`, W `[in, out]`. The optimum is the
 * damped inverse c (Wᵀ C W + μI)⁻¹ Wᵀ; any rate below 2 converges to it, and of many steps no more
 * are taken than that needs. Of a convolution the closed form is a sum over impulses on an endless
 * image, with the same properties. The bias makes the mean reconstruction error of the batch zero.
 * Decoders that are not linear, or reconstruct h_{l−1}, learn from samples instead, by the `rule`.
 * (A reading of Bengio 2020, §10.2, in which g ∘ f should match the identity around the data, not
 * only on it.)
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
    const {encoder, windows = rowByRow} = batch;
    const mobility = mobilityOf(state, batch, fresh);
    const transposed = transpose(encoder);
    const noise = noiseOf(transposed, windows.seen(mobility), damping);
    const wanted = transposed.mul(mobility.mean());
    const product = windows.isIdentity
      ? covarianceOfRows(encoder, transposed, mobility, noise, steps)
      : covarianceOfWindows(encoder, windows, mobility, noise);

    let learned = {
      kernel: alias(state.kernel),
      direction: fresh ? randomDirection(state.direction.shape, seed) : alias(state.direction),
    };
    for (let step = 0; step < steps; step++) {
      const {kernel, direction} = learned;
      // Tidied step by step: what the many steps of a warm-up leave would not fit into wasm's memory.
      learned = tidyRecord(() => {
        const descent = wanted.sub(product(kernel)) as tf.Tensor2D;
        if (descend !== null) {
          const [moved] = descend([{kernel: descent, bias: null}]);
          return {kernel: moved.kernel, direction: alias(direction)};
        }
        const lead = leading(product, direction);
        const rate = tf.div(learningRate, lead.top);
        return {kernel: kernel.add(descent.mul(rate)), direction: lead.direction};
      });
      const done = step + 1 < steps && descend === null && hasSettled(kernel, learned.kernel);
      tf.dispose([kernel, direction]);
      if (done) break;
    }
    const {kernel, direction} = learned;
    return {kernel, bias: meanError(batch, kernel), mobility, direction} as Partial<DecoderState>;
  });

/** A step that changes a decoder by no more than this part of its size is the last of many. */
const SETTLED = 3e-6;

/** Whether a step changed next to nothing; not asked where reading that would wait. */
function hasSettled(before: tf.Tensor, after: tf.Tensor): boolean {
  if (!readsAtOnce()) return false;
  const [change, size] = tf.tidy(() => sumsOf([after.sub(before).square(), after.square()]));
  return change <= SETTLED ** 2 * size;
}

/** The mean of x − g(h) over the batch, with g without its bias: `[in]`. */
function meanError({windows = rowByRow, input, output}: DecoderBatch, kernel: tf.Tensor2D) {
  // g is linear: of the mean output it makes its mean.
  return meanOverPlaces(input).sub(meanOverPlaces(windows.fold(output.mean(0, true), kernel)));
}

function isLinear({nonlinearities = [identity], below = null}: DecoderBatch): boolean {
  return nonlinearities.length === 1 && nonlinearities[0].isIdentity === true && below === null;
}
