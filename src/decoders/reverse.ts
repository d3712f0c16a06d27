import type * as tf from '@tensorflow/tfjs';
import {rowByRow} from '../convolution/row_by_row';
import {transpose} from '../tensors/transpose';
import {encoderOf} from './encoder';
import {leading, randomDirection} from './leading';
import {learningFrom, type Teacher} from './lessons';
import {decoded} from './maps';
import {withNoise} from './noise';

/**
 * What the batch teaches about reaching its outputs again.
 *
 *     Y = h + ν,   R = Jᵀ (Y − f(g(Y))) / (top ‖P‖²),   J = ∂f/∂x at g(Y)
 *
 * top is the largest eigenvalue of WᵀW, ‖P‖² that of PᵀP: 1, but for overlapping windows. R is
 * minus the gradient of ½ ‖f(g(Y)) − Y‖² by g(Y). The division makes a step along it safe: slopes
 * of at most 1 do not lengthen it. ν has the standard deviation `noise.output`, relative to h.
 */
export const reachability: Teacher = (maps, batch, state, {noise, fresh, seed, draw}) => {
  const {encoder, windows = rowByRow, output: h} = batch;
  const output = withNoise(h, noise?.output ?? 0, draw);
  const transposed = transpose(encoder);
  const {top, direction} = leading(
    (a) => transposed.matMul(encoder.matMul(a)) as tf.Tensor2D,
    fresh ? randomDirection(state.direction.shape, seed) : state.direction,
  );
  const f = encoderOf(batch);
  const e = decoded(maps, output).sub(f.point);
  const error = output.sub(h).sub(f.move(e));
  return {
    output,
    wanted: f.transposed(e, error).div(top.mul(windows.overlap)),
    remembered: {direction},
  };
};

/**
 * Learns to decode to where the encoder comes back from: f ∘ g → identity on the outputs, the
 * reverse auto-encoder.
 *
 *     (ΔG, Δc) = rate · ridge fit of  Jᵀ (h − f(g(h))) / top  from h       (Bengio 2020, §10.2)
 *
 * J = ∂f/∂x at g(h), top the largest eigenvalue of Wᵀ W, times ‖P‖² of overlapping windows. What
 * iterating on the decoder's input (§5) asks for. As the paper notes it takes the equivalent of
 * back-propagating through the encoder, here through this one layer, by its own transposed weights.
 * Where outputs are more than inputs, f ∘ g comes as near to the identity as f can.
 */
export const reverse = learningFrom(reachability);
