import {encoderOf} from './encoder';
import {learningFrom, type Teacher} from './lessons';
import {decoded} from './maps';
import {withNoise} from './noise';

/**
 * What the batch teaches about reconstructing its own inputs.
 *
 *     Y = f(x̃) + ν,   R = x̃ − g(Y),   x̃ = x + ξ
 *
 * ξ and ν have the standard deviations `noise.input` and `noise.output`, relative to x and h; 0 for
 * the batch as it is. A mirror decoder that is directly linked reconstructs h_{l−1} in place of x.
 */
export const reconstruction: Teacher = (maps, batch, _state, {noise = NONE, draw}) => {
  const {point, move} = encoderOf(batch);
  const wanted = withNoise(point, noise.input, draw);
  const clean = noise.input === 0 ? batch.output : batch.output.add(move(wanted.sub(point)));
  const output = withNoise(clean, noise.output, draw);
  return {output, wanted: wanted.sub(decoded(maps, output))};
};

const NONE = {input: 0, output: 0};

/**
 * Learns to reconstruct the batch's own inputs: g ∘ f → identity on the data.
 *
 *     (ΔG, Δc) = rate · ridge fit of  X − (H G + c)  from H      (Bengio 2020, §10.2; §9, Ω update)
 *
 * X `[rows, in]`, H `[rows, out]`, G `[out, in]`, c `[in]`. Local: the decoder's target is the
 * layer's input, its input the layer's output. With the rule `gram` the step is that of the encoder
 * (`minibatch`), with λ = ridge · mean (‖h‖² + 1), at most ridge · (1 + 16 · variance of h), of a
 * convolution ridge · mean ‖h‖², as its c is found by itself (see `foldedDescent`); with `delta` it is the
 * paper's Ω update, divided by ‖h‖² + 1, or ‖σ(h)‖² + 1 of a `mirror`. It learns the directions that the data,
 * and the noise on them, span, and nothing of the others, which targets may ask for.
 */
export const autoencoder = learningFrom(reconstruction);
