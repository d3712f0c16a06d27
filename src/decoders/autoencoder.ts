import type * as tf from '@tensorflow/tfjs';
import {tidyRecord} from '../step/tidy_record';
import {minibatch} from '../updates/minibatch';
import type {DecoderBatch, DecoderLearningOptions, DecoderState} from './index';

/**
 * Learns to reconstruct the batch's own inputs: g ∘ f → identity on the data.
 *
 *     (ΔG, Δc) = rate · ridge fit of  X − (H G + c)  from H       (Bengio 2020, §10.2; §9, Ω update)
 *
 * Local: the decoder's target is the layer's input, its input the layer's output. The step is that of
 * the encoder (`minibatch`), with λ = damping · mean ‖h‖². It learns the directions that the data
 * span, and nothing of the others, which targets may ask for.
 */
export function autoencoder(
  {kernel, bias}: DecoderState,
  {input, output}: DecoderBatch,
  {damping, learningRate, steps}: DecoderLearningOptions,
): Partial<DecoderState> {
  return tidyRecord(() => {
    let [g, c] = [kernel.clone(), bias.clone()];
    for (let step = 0; step < steps; step++) {
      const difference = input.sub(output.matMul(g).add(c)) as tf.Tensor2D;
      const change = minibatch({input: output, difference, useBias: true}, {damping});
      g = g.add(change.kernel.mul(learningRate));
      c = c.add((change.bias as tf.Tensor1D).mul(learningRate));
    }
    return {kernel: g, bias: c};
  });
}
