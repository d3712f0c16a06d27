import * as tf from '@tensorflow/tfjs';
import {rowByRow} from '../convolution/row_by_row';
import {tidyRecord} from '../tensors/tidy_record';
import {encoderOf} from './encoder';
import type {DecoderObjective} from './index';
import {learningFrom, mapsOf, type Teacher} from './lessons';
import {decoded, decodedDifference} from './maps';
import {meanOverPlaces} from './mean_over_places';
import {mobilityOf} from './perturbation_noise';

/**
 * What random perturbations of the batch teach about moves.
 *
 *     R = min(1, c C⁻¹) ξ − min(1, C / c) (g(h + e) − g(h)),
 *     e = f(x + ξ) − h + ν,   ξ ~ N(0, C),  ν ~ N(0, μI),  μ = damping · mean (f(x + ξ) − h)²
 *
 * C = diag E[σ'(h_{l−1})²] and c its mean, or both I where h_{l−1} is reconstructed, whose units all move
 * freely. So R is c C⁻¹ ξ less what is decoded, times min(1, C / c): where units hardly move, C⁻¹ ξ would
 * be all noise.
 */
const perturbedMoves: Teacher = (maps, batch, state, {damping, fresh, draw}) => {
  const {below = null, output: h, windows = rowByRow} = batch;
  const f = encoderOf(batch);
  const mobility = mobilityOf(state, batch, fresh);
  const variance = below === null ? mobility : tf.onesLike(mobility);
  const share = variance.divNoNan(variance.mean());
  const xi = draw(f.point).mul(variance.sqrt());
  const moved = f.move(xi);
  const e = moved.add(draw(h).mul(moved.square().mean().mul(damping).sqrt()));
  const found = decodedDifference(maps, h, e);
  const error = xi.div(share.maximum(1)).sub(found.mul(share.minimum(1)));
  const remembered = {mobility};
  // What folds windows is one linear map, of which the difference is that of e alone.
  if (!windows.isIdentity) return {output: e, wanted: error, remembered};
  return {
    output: tf.concat([h.add(e), h], 0),
    wanted: tf.concat([error, error.neg()], 0),
    ofDifferences: true,
    remembered,
  };
};

const learnMoves = learningFrom(perturbedMoves);

/**
 * Learns what `perturbation` does from samples, one for each example: what a perturbation of its input does
 * to the layer's output, with noise, is to be decoded to the perturbation.
 *
 *     ΔG ~ rate · fit of  c C⁻¹ ξ − (g(h + e) − g(h))  from e,   e = f(x + ξ) − f(x) + ν
 *
 * The lesson sees activations only, of the layer as it runs: no weight is transposed. Its optimum for a linear
 * decoder is that of `perturbation`, c (Wᵀ C W + μI)⁻¹ Wᵀ, and its rate averages samples: it wants a small one
 * and many lessons. The difference of two decodes is taught, not the decode of a perturbed output, because the
 * spread of the data is no perturbation. The bias makes the mean reconstruction error of the batch zero.
 * (A reading of Bengio 2020, §10.2.)
 */
export const sampledPerturbation: DecoderObjective = (state, batch, options) =>
  tidyRecord(() => {
    const changed = learnMoves(state, batch, options);
    const maps = mapsOf({...state, ...changed}, batch);
    const error = encoderOf(batch).point.sub(decoded(maps, batch.output));
    const last = maps[maps.length - 1];
    return {...changed, bias: last.bias.add(meanOverPlaces(error)) as tf.Tensor1D};
  });
