import type * as tf from '@tensorflow/tfjs';
import type {AutoEncoder} from '../inversion/index';
import type {LayerRecord} from '../step/training_step';
import {plus} from '../tensors/zeros';

/** f and g of a layer around the present batch, and the transpose of f's Jacobian. */
export interface Displacements extends Required<AutoEncoder> {
  /** Jᵀ d, what back-propagation would pass down. */
  transpose(difference: tf.Tensor): tf.Tensor;
}

/**
 * A layer's f and g with their origins moved to the activations of the batch.
 *
 *     f̃(e) = f(h_{l−1} + e) − h_l,    g̃(d) = g(h_l + d) − h_{l−1}
 *
 * Every scheme of the paper commutes with such a shift, and float32 keeps a displacement of size β
 * that it would lose below the rounding error of h. With a directly linked layer below, f is
 * W σ(h_{l−1}) + b, and a decoder that reconstructs x = σ(h_{l−1}) is brought to h_{l−1} by
 * σ'(h_{l−1}): what a unit can move. Otherwise f is W x + b and the origin is x.
 */
export function displacements(record: LayerRecord): Displacements {
  const {layer, input: x, output, below} = record;
  // Of an affine decoder, differences are the same everywhere.
  const isAffine = layer.decoder?.nonlinearities.every(({isIdentity}) => isIdentity);
  const from = (d: tf.Tensor) => (isAffine ? output : plus(output, d));
  const affine: Displacements = {
    encode: (e) => layer.encodeDifference(e),
    decode: (d) => layer.decode(output.add(d), x.shape).sub(x),
    decodeDifference: (d, step) => layer.decodeDifference(from(d), step, x.shape),
    transpose: (d) => layer.backpropagate(d, x.shape),
  };
  if (below === null) return affine;

  const {activation, preActivation: h} = below;
  const linked: Displacements = {
    ...affine,
    encode: (e) => layer.encodeDifference(activation.difference(h, x, e)),
    transpose: (d) => affine.transpose(d).mul(below.slope()),
  };
  if (layer.decoder?.reconstructs === 'preActivation') {
    return {...linked, decode: (d) => layer.decode(output.add(d), x.shape).sub(h)};
  }
  return {
    ...linked,
    decode: (d) => affine.decode(d).mul(below.slope()),
    decodeDifference: (d, step) => affine.decodeDifference(d, step).mul(below.slope()),
  };
}
