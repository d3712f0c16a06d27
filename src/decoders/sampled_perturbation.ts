import * as tf from '@tensorflow/tfjs';
import {tidyRecord} from '../step/tidy_record';
import {transpose} from '../updates/transpose';
import {encoderOf} from './encoder';
import type {DecoderObjective} from './index';
import {learningFrom, mapsOf, type Teacher} from './lessons';
import {decoded, decodedDifference} from './maps';
import {mobilityOf, noiseOf} from './perturbation_noise';

/**
 * What random perturbations of the batch teach about moves.
 *
 *     R = min(1, c C⁻¹) ξ − min(1, C / c) (g(h + e) − g(h)),
 *     e = f(x + ξ) − h + ν,   ξ ~ N(0, C),  ν ~ N(0, μI)
 *
 * C = diag E[σ'(h_{l−1})²] and c its mean, or both I where h_{l−1} is reconstructed, whose units all move
 * freely. So R is c C⁻¹ ξ less what is decoded, times min(1, C / c): where units hardly move, C⁻¹ ξ would
 * be all noise.
 */
const perturbedMoves: Teacher = (maps, batch, state, {damping, fresh, draw}) => {
  const {below = null} = batch;
  const h = batch.output as tf.Tensor2D;
  const f = encoderOf(batch);
  const mobility = mobilityOf(state, batch, fresh);
  const standard = draw(f.point);
  const variance = below === null ? mobility : tf.onesLike(mobility);
  const share = variance.divNoNan(variance.mean());
  const xi = standard.mul(variance.sqrt());
  const nu = draw(h).mul(noiseOf(transpose(batch.encoder), mobility, damping).sqrt());
  const e = f.move(xi).add(nu) as tf.Tensor2D;
  const found = decodedDifference(maps, h, e);
  const error = xi.div(share.maximum(1)).sub(found.mul(share.minimum(1))) as tf.Tensor2D;
  return {
    output: tf.concat2d([h.add(e) as tf.Tensor2D, h], 0),
    wanted: tf.concat2d([error, error.neg()], 0),
    ofDifferences: true,
    remembered: {mobility},
  };
};

const learnMoves = learningFrom(perturbedMoves);

/**
 * `perturbation` for decoders whose expected step has no closed form: from one sample a row.
 *
 * For a linear f and g it has the same optimum. The difference of two decodes is taught, not the
 * decode of a perturbed output, because the spread of the data is no perturbation.
 */
export const sampledPerturbation: DecoderObjective = (state, batch, options) =>
  tidyRecord(() => {
    const changed = learnMoves(state, batch, options);
    const maps = mapsOf({...state, ...changed}, batch);
    const error = encoderOf(batch).point.sub(decoded(maps, batch.output));
    const bias = (maps.at(-1) as {bias: tf.Tensor}).bias.add(error.mean(0)) as tf.Tensor1D;
    return {...changed, bias};
  });
